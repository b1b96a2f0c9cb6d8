import { createKafka } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'

/** @param prefix of topics and groups, if they have one */
export function benchKafka(brokers: string, prefix = ''): KafkaPort {
  const log = createLogger({ service: 'bench', level: 'silent' })
  const metrics = createMetrics({ service: 'bench', defaults: false })
  return createKafka({ brokers: brokers.split(','), clientId: 'bench', prefix, log, metrics })
}

/** Records of a topic that a group has not committed. */
export async function lagOf(kafka: KafkaPort, group: string, topic: string): Promise<number> {
  const offsets = await kafka.committed(group, topic)
  const committed = new Map(offsets.map(({ partition, offset }) => [partition, offset]))
  const ends = await kafka.offsets(topic)
  return ends.reduce(
    (sum, { partition, earliest, latest }) => sum + latest - Math.max(earliest, committed.get(partition) ?? 0),
    0,
  )
}
