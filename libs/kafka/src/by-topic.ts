import type { TopicPartition } from './port.ts'

/** As Kafka's requests want them: one entry a topic, with what is picked of each of its partitions. */
export function byTopic<T extends TopicPartition, P>(
  items: readonly T[],
  pick: (item: T) => P,
): { topic: string; partitions: P[] }[] {
  const topics = new Map<string, P[]>()
  for (const item of items) topics.set(item.topic, [...(topics.get(item.topic) ?? []), pick(item)])
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }))
}
