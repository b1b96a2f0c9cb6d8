import type { KafkaPort, KafkaRecord } from '../../src/port.ts'

/** Everything that is in a topic now. */
export async function readTopic(kafka: KafkaPort, topic: string): Promise<KafkaRecord[]> {
  const records: KafkaRecord[] = []
  const reader = await kafka.readAll(topic, (record) => records.push(record))
  await reader.caughtUp
  await reader.close()
  return records
}
