import kafkajs from 'kafkajs'
import type { Admin } from 'kafkajs'

async function withAdmin<T>(brokers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

export interface TopicOptions {
  readonly partitions: number
  /** Default 1. */
  readonly replicas?: number
  readonly config?: Readonly<Record<string, string>>
}

export async function createTopic(brokers: string, topic: string, options: TopicOptions): Promise<void> {
  const { partitions: numPartitions, replicas: replicationFactor = 1, config = {} } = options
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
  await withAdmin(brokers, (admin) =>
    admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor, configEntries }] }),
  )
}

const OFFSETS_PARTITIONS = 4

/** Node id: the leader of the partition of __consumer_offsets that Java's hash of the group's name picks. */
export async function coordinatorOf(brokers: string, group: string): Promise<number> {
  let hash = 0
  for (const letter of group) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0
  const partition = (hash & 0x7fffffff) % OFFSETS_PARTITIONS
  return withAdmin(brokers, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: ['__consumer_offsets'] })
    return topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader ?? -1
  })
}
