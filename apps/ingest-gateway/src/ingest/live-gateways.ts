import { messageOf } from '@pegel/errors'
import type { Consumer, KafkaPort } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'

export interface LiveGatewaysOptions {
  readonly kafka: Pick<KafkaPort, 'consumer' | 'groupMembers'>
  readonly group: string
  /** Every gateway reads it anyway; the group reads nothing of it. */
  readonly topic: string
  readonly log: Logger
  readonly onCount: (count: number) => void
  /** How often the members are counted. Default 2 s. */
  readonly intervalMs?: number
}

/**
 * How many gateways there are, counted by their group: tenants' rates are divided by it. The group is for being counted alone: all its partitions
 * are paused, and nothing is ever committed. While Kafka does not answer the last count stays.
 */
export class LiveGateways {
  readonly #options: LiveGatewaysOptions
  readonly #consumer: Consumer
  #count = 1
  #timer: NodeJS.Timeout | undefined
  #asking: Promise<void> | undefined
  #closed = false

  constructor(options: LiveGatewaysOptions) {
    this.#options = options
    this.#consumer = options.kafka.consumer({
      group: options.group,
      topics: [options.topic],
      handlers: {
        onAssigned: ({ partitions }) => {
          this.#consumer.pause(partitions)
          // Somebody came or went.
          void this.#ask()
        },
        onRevoked: () => undefined,
        onGap: () => undefined,
        onBatch: () => undefined,
      },
    })
  }

  /** At least 1: this one. */
  get count(): number {
    return this.#count
  }

  /** Joins the group, which may take seconds, and waits for nothing but the first count. */
  async start(): Promise<void> {
    this.#consumer.start().catch((error: unknown) => {
      if (!this.#closed) this.#options.log.warn('not in the group of gateways', { problem: messageOf(error) })
    })
    await this.#ask()
    this.#timer = setInterval(() => void this.#ask(), this.#options.intervalMs ?? 2000).unref()
  }

  /** Leaves the group, so that the others have this one's share at once. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    await this.#consumer.close()
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#read().finally(() => (this.#asking = undefined))
    return this.#asking
  }

  async #read(): Promise<void> {
    const { kafka, group, log, onCount } = this.#options
    try {
      const count = Math.max(1, await kafka.groupMembers(group))
      if (count !== this.#count) log.info('gateways share the rates', { gateways: count })
      this.#count = count
      onCount(count)
    } catch (error) {
      log.debug('gateways could not be counted', { problem: messageOf(error) })
    }
  }
}
