import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import type { Admin } from 'kafkajs'
import type { Rig } from '../rig/rig.ts'

const DATA = ['pegel.ingest.v1', 'pegel.metrics.v1']
const MOVED_MS = 30_000

/** What only an administrator does to Kafka; the port of Pegel has no words for it. */
export async function withAdmin<T>(brokers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const kafka = new kafkajs.Kafka({ brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

/** Node ids, by partition. */
export function leadersOf(brokers: string, topic: string): Promise<number[]> {
  return withAdmin(brokers, async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    const partitions = [...(topics[0]?.partitions ?? [])].sort((a, b) => a.partitionId - b.partitionId)
    return partitions.map(({ leader }) => leader)
  })
}

/** Away: each partition loses the replica that leads it, so that another must lead. Back: it has all replicas again. */
export async function moveLeaders({ cluster, prefix }: Rig, where: 'away' | 'back'): Promise<void> {
  const all = cluster.kafka.brokers.map(({ nodeId }) => nodeId)
  await withAdmin(cluster.kafka.url, async (admin) => {
    const names = DATA.map((topic) => prefix + topic)
    const { topics: before } = await admin.fetchTopicMetadata({ topics: names })
    const topics = before.map(({ name, partitions }) => ({
      topic: name,
      partitionAssignment: partitions.map(({ partitionId, leader }) => {
        const others = all.filter((node) => node !== leader)
        return { partition: partitionId, replicas: where === 'away' ? others : [...others, leader] }
      }),
    }))
    await admin.alterPartitionReassignments({ topics })
    if (where === 'back') return
    const led = new Map(before.map(({ name, partitions }) => [name, leaderById(partitions)]))
    const endMs = Date.now() + MOVED_MS
    for (;;) {
      const { topics: now } = await admin.fetchTopicMetadata({ topics: names })
      const same = now.some(({ name, partitions }) =>
        partitions.some(({ partitionId, leader }) => leader === led.get(name)?.get(partitionId)),
      )
      if (!same) return
      if (Date.now() > endMs) throw new Error('the leaders did not move')
      await sleep(100)
    }
  })
}

/** Kafka names partitions in any order. */
function leaderById(partitions: readonly { readonly partitionId: number; readonly leader: number }[]) {
  return new Map(partitions.map(({ partitionId, leader }) => [partitionId, leader]))
}
