import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, ConsumerHandlers, FetchedBatch, Gap, KafkaPort, TopicPartition } from '../../src/port.ts'

/** Polls until the condition holds; fails with what it was waiting for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const giveUpAt = Date.now() + withinMs
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`not within ${withinMs} ms: ${what}`)
    await sleep(10)
  }
}

export interface Collector {
  readonly consumer: Consumer
  readonly batches: FetchedBatch[]
  /** Values of all records, in order of arrival. */
  readonly values: string[]
  readonly events: string[]
  readonly gaps: Gap[]
  assignment: readonly TopicPartition[]
  epoch: number
  close(): Promise<void>
}

/** A consumer that keeps what it gets; it commits when told to. */
export function collect(
  kafka: KafkaPort,
  options: {
    readonly group: string
    readonly topics: readonly string[]
    readonly sessionTimeoutMs?: number
    readonly commit?: boolean
    readonly onBatch?: (batch: FetchedBatch, consumer: Consumer) => void
  },
): Collector {
  const batches: FetchedBatch[] = []
  const values: string[] = []
  const events: string[] = []
  const gaps: Gap[] = []
  const handlers: ConsumerHandlers = {
    onBatch(batch) {
      batches.push(batch)
      for (const record of batch.records) values.push(record.value?.toString() ?? '')
      options.onBatch?.(batch, consumer)
      const last = batch.records.at(-1)
      if (options.commit === true && last !== undefined) {
        const { topic, partition } = batch
        void consumer.commit([{ topic, partition, offset: last.offset + 1 }], batch.epoch)
      }
    },
    onAssigned({ epoch, partitions }) {
      collector.assignment = partitions
      collector.epoch = epoch
      events.push(`assigned ${epoch}`)
    },
    onRevoked(epoch) {
      collector.assignment = []
      events.push(`revoked ${epoch}`)
    },
    onGap(gap) {
      gaps.push(gap)
      events.push(`gap ${gap.partition} ${gap.from}-${gap.to}`)
    },
  }
  const { group, topics, sessionTimeoutMs } = options
  const consumer = kafka.consumer({
    group,
    topics,
    handlers,
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
  })
  const collector: Collector = {
    consumer,
    batches,
    values,
    events,
    gaps,
    assignment: [],
    epoch: 0,
    close: () => consumer.close(),
  }
  return collector
}
