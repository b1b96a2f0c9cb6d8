import type { Metrics } from '@pegel/telemetry'

export interface ConsumerMetrics {
  consumed(topic: string, records: number): void
  assigned(partitions: number): void
  revoked(): void
  gap(topic: string, records: number): void
  unreadable(topic: string): void
  committed(): void
}

export function createConsumerMetrics(metrics: Metrics, group: string): ConsumerMetrics {
  const records = metrics.counter('pegel_kafka_consumed_records_total', 'Records handed to the handlers.', [
    'group',
    'topic',
  ])
  const joins = metrics.counter('pegel_kafka_group_joins_total', 'Assignments received; each one is a rebalance.', [
    'group',
  ])
  const partitions = metrics.gauge('pegel_kafka_assigned_partitions', 'Partitions assigned to this member.', ['group'])
  const gaps = metrics.counter('pegel_kafka_gap_offsets_total', 'Offsets that were gone before they were read.', [
    'group',
    'topic',
  ])
  const unreadable = metrics.counter(
    'pegel_kafka_unreadable_batches_total',
    'Record batches that could not be decompressed or decoded and were stepped over.',
    ['group', 'topic'],
  )
  const commits = metrics.counter('pegel_kafka_commits_total', 'Offset commits that Kafka acknowledged.', ['group'])
  return {
    consumed: (topic, count) => records.inc({ group, topic }, count),
    assigned: (count) => {
      joins.inc({ group })
      partitions.set({ group }, count)
    },
    revoked: () => partitions.set({ group }, 0),
    gap: (topic, count) => gaps.inc({ group, topic }, count),
    unreadable: (topic) => unreadable.inc({ group, topic }),
    committed: () => commits.inc({ group }),
  }
}
