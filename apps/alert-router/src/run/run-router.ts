import { PEGEL_TENANT } from '@pegel/contracts'
import type { SchemaLookup } from '@pegel/contracts'
import { partitionOf } from '@pegel/kafka'
import type { Consumer, ConsumerHandlers, KafkaPort, Producer } from '@pegel/kafka'
import type { Hosted } from '@pegel/service'
import type { Logger, Metrics } from '@pegel/telemetry'
import type { TenantDirectory } from '@pegel/tenancy'
import type { Sends } from '../deliver/sends.ts'
import { routerErrors } from '../errors.ts'
import type { RouterMeter } from '../router-metrics.ts'
import { ALERTS_TOPIC } from '../topics.ts'
import { Lease } from './lease.ts'
import { PartitionSession } from './partition-session.ts'

export interface RouterOptions {
  readonly kafka: KafkaPort
  readonly tenants: TenantDirectory
  readonly schemas: SchemaLookup
  readonly sends: Sends
  readonly meter: RouterMeter
  readonly log: Logger
  readonly metrics: Metrics
  readonly group: string
  readonly partitionCount: number
  readonly sessionTimeoutMs: number
  readonly silentAfterMs: number
  readonly onHeartbeat: () => void
}

const LOOK_MS = 1000
/** Of the time that a stop may take, what is left for leaving the group. */
const DRAIN_SHARE = 0.8

/** The running router: a consumer group member with a session for each of its partitions. */
export function runRouter(options: RouterOptions): Hosted {
  return new Router(options)
}

class Router implements Hosted {
  readonly #options: RouterOptions
  readonly #consumer: Consumer
  readonly #producer: Producer
  readonly #lease: Lease
  readonly #sessions = new Map<number, PartitionSession>()
  readonly checks: Hosted['checks']
  #epoch = -1
  #look: NodeJS.Timeout | undefined
  #stopping: Promise<void> | undefined

  constructor(options: RouterOptions) {
    const { kafka, group, sessionTimeoutMs } = options
    this.#options = options
    this.#producer = kafka.producer()
    this.#consumer = kafka.consumer({ group, topics: [ALERTS_TOPIC], handlers: this.#handlers() })
    this.#lease = new Lease(() => this.#consumer.confirmedAtMs, sessionTimeoutMs)
    this.checks = {
      consumer: () => (this.#consumer.healthy ? Promise.resolve() : Promise.reject(routerErrors.group_lost({ group }))),
      state: () => {
        const partitions = [...this.#sessions.values()].filter(({ restored }) => !restored).length
        return partitions === 0 ? Promise.resolve() : Promise.reject(routerErrors.not_restored({ partitions }))
      },
    }
  }

  async start(): Promise<void> {
    this.#look = setInterval(() => {
      this.#lookAround()
    }, LOOK_MS)
    this.#look.unref()
    await this.#consumer.start()
  }

  stop(deadlineMs: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs)
    return this.#stopping
  }

  async #stop(deadlineMs: number): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.drain(deadlineMs * DRAIN_SHARE)))
    clearInterval(this.#look)
    this.#options.sends.release()
    await this.#consumer.close()
    await this.#producer.close()
  }

  #handlers(): ConsumerHandlers {
    const { log, metrics } = this.#options
    const lost = metrics.counter(
      'pegel_consumer_lost_records_total',
      'Records removed by retention before they were read',
      ['topic'],
    )
    return {
      onAssigned: ({ epoch, partitions }) => {
        this.#epoch = epoch
        if (this.#stopping === undefined) this.#assign(partitions.map(({ partition }) => partition))
      },
      onRevoked: () => {
        this.#voidAll()
      },
      onBatch: ({ epoch, partition, records }) => {
        if (epoch === this.#epoch) this.#sessions.get(partition)?.offer(records)
      },
      onGap: (gap) => {
        lost.inc({ topic: gap.topic }, gap.to - gap.from)
        log.error('records were removed by retention before they were read', { ...gap })
      },
    }
  }

  #voidAll(): void {
    for (const session of this.#sessions.values()) session.void()
    this.#sessions.clear()
  }

  /** Sends of partitions that stay go on; those of partitions that others have now do not. */
  #assign(partitions: readonly number[]): void {
    this.#voidAll()
    const all = Array.from({ length: this.#options.partitionCount }, (_, partition) => partition)
    this.#options.sends.release(all.filter((partition) => !partitions.includes(partition)))
    for (const partition of partitions) {
      const session = this.#open(partition)
      this.#sessions.set(partition, session)
      session.start()
    }
  }

  #open(partition: number): PartitionSession {
    const { partitionCount } = this.#options
    const at = [{ topic: ALERTS_TOPIC, partition }]
    const epoch = this.#epoch
    return new PartitionSession({
      ...this.#options,
      ...{ partition, producer: this.#producer, lease: this.#lease },
      watches: partitionOf(PEGEL_TENANT, partitionCount) === partition,
      commit: (offset) => this.#consumer.commit([offset], epoch),
      flow: (open) => {
        if (open) this.#consumer.resume(at)
        else this.#consumer.pause(at)
      },
    })
  }

  #lookAround(): void {
    const sessions = [...this.#sessions.values()]
    const sum = (of: (session: PartitionSession) => number): number =>
      sessions.reduce((total, session) => total + of(session), 0)
    this.#options.meter.size(
      sum(({ alertCount }) => alertCount),
      sum(({ groupCount }) => groupCount),
    )
    if (!this.#lease.isHeld) this.#options.sends.release()
  }
}
