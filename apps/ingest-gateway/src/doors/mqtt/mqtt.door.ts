import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { Metrics } from '@pegel/telemetry'
import { connect } from 'mqtt'
import type { IPublishPacket, MqttClient } from 'mqtt'
import type { LineCaches } from '../../line-protocol/index.ts'
import type { BehindDoors, Door } from '../door.ts'
import { InFlight } from '../in-flight.ts'
import { connectOptions, FIRST_RETRY_MS, LAST_RETRY_MS } from './connect-options.ts'
import type { ConnectionSettings } from './connect-options.ts'
import { MessageIntake } from './message-intake.ts'
import type { MqttMessage } from './message-intake.ts'
import { acknowledge, readAhead } from './mqtt-internals.ts'
import { MqttMetrics } from './mqtt-metrics.ts'
import { OrderedAcks } from './ordered-acks.ts'
import { filterOf } from './topic-template.ts'

export interface MqttDoorOptions extends BehindDoors, ConnectionSettings {
  readonly prometheus: Metrics
  readonly lines: LineCaches
  readonly template: string
  /** Of the shared subscription; empty for none. */
  readonly group: string
}

/** How often it is looked whether there is room for one more message. */
const ROOM_MS = 20

/**
 * Subscribes to a broker and takes what it delivers: QoS 1 is acknowledged once Kafka has the points. Reconnects by itself, for ever, and
 * the gateway is ready without it, as the other doors are none of the broker's business.
 */
export class MqttDoor implements Door {
  readonly #options: MqttDoorOptions
  readonly #intake: MessageIntake
  readonly #metrics: MqttMetrics
  readonly #inFlight = new InFlight()
  #client: MqttClient | undefined
  #acks: OrderedAcks | undefined
  #messages = 0

  constructor(options: MqttDoorOptions) {
    this.#options = options
    this.#intake = new MessageIntake(options)
    this.#metrics = new MqttMetrics(options.prometheus)
  }

  start(): Promise<void> {
    const { url, log } = this.#options
    const client = connect(url, connectOptions(this.#options))
    this.#client = client
    this.#acks = new OrderedAcks((messageId, reason) => acknowledge(client, messageId, reason))
    readAhead(client, (packet) => this.#receive(packet))
    client.on('connect', () => void this.#subscribe(client))
    client.on('close', () => this.#onClose(client))
    client.on('error', (error) => log.warn('mqtt broker', { problem: messageOf(error) }))
    return Promise.resolve()
  }

  listening(): Readonly<Record<string, unknown>> {
    return {}
  }

  async drain(deadlineMs: number): Promise<void> {
    const deadline = setTimeout(() => this.#intake.stop(), deadlineMs)
    this.#leaveGroup()
    await this.#inFlight.drain(deadlineMs)
    clearTimeout(deadline)
    this.#intake.stop()
  }

  async close(): Promise<void> {
    const client = this.#client
    // By force when there is no connection: it would wait for one.
    await client?.endAsync(!client.connected)
  }

  async #subscribe(client: MqttClient): Promise<void> {
    const { template, group, log } = this.#options
    const filter = filterOf(template, group)
    try {
      await client.subscribeAsync(filter, { qos: 1 })
      client.options.reconnectPeriod = FIRST_RETRY_MS
      this.#metrics.subscribed(true)
      log.info('mqtt subscribed', { filter })
    } catch (error) {
      log.error('mqtt subscription refused', { filter, problem: messageOf(error) })
      // The connection is of no use; the next one tries again, later.
      client.stream.destroy()
    }
  }

  /** Without a session of its own what the broker sends from now on would be lost; other gateways of the group can have it. */
  #leaveGroup(): void {
    const { template, group, clientId } = this.#options
    if (clientId !== undefined || this.#client?.connected !== true) return
    this.#client.unsubscribeAsync(filterOf(template, group)).catch(() => undefined)
  }

  #onClose(client: MqttClient): void {
    this.#acks?.reset()
    this.#metrics.subscribed(false)
    client.options.reconnectPeriod = Math.min(LAST_RETRY_MS, (client.options.reconnectPeriod ?? FIRST_RETRY_MS) * 2)
  }

  /** Resolves when the next message may be read: at once, or when there is room for one. */
  async #receive(packet: IPublishPacket): Promise<void> {
    const { messageId, qos } = packet
    const settle = qos === 0 || messageId === undefined ? undefined : this.#acks?.add(messageId)
    const bytes = packet.payload.length
    const held = await this.#room(bytes)
    if (held === undefined) return
    this.#messages += 1
    void this.#inFlight
      .during(() => this.#intake.take(messageOfPacket(packet)))
      .then((reason) => settle?.(reason))
      .finally(() => {
        this.#messages -= 1
        this.#options.budget.giveBack(held)
      })
  }

  /** Waits until one more message can be held; undefined when the gateway stops before that. */
  async #room(bytes: number): Promise<number | undefined> {
    while (!this.#inFlight.stopping) {
      const held = this.#hold(bytes)
      if (held !== undefined) return held
      await sleep(ROOM_MS)
    }
    return undefined
  }

  /** Bytes taken from the budget for one more message; undefined when there is no room. Alone, a message always has room. */
  #hold(bytes: number): number | undefined {
    const { maxInFlight, budget } = this.#options
    if (this.#messages >= maxInFlight) return undefined
    try {
      budget.take(bytes)
      return bytes
    } catch {
      return this.#messages === 0 ? 0 : undefined
    }
  }
}

function messageOfPacket({ topic, payload, properties }: IPublishPacket): MqttMessage {
  const user = properties?.userProperties ?? {}
  const text = (name: string): string | undefined => {
    const value = user[name]
    return typeof value === 'string' ? value : value?.[0]
  }
  return {
    topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    contentType: properties?.contentType,
    precision: text('precision'),
    traceparent: text('traceparent'),
    tracestate: text('tracestate'),
  }
}
