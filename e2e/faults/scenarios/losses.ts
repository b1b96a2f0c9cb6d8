import { PARTITIONS } from '../rig/rig.ts'
import { withAdmin } from './kafka-admin.ts'
import { mostOf, unread } from './loss.ts'
import type { Loss, LossScenario } from './loss.ts'
import type { Scene } from './scenario.ts'
import { damageBatch } from './segment.ts'

const INGEST = 'pegel.ingest.v1'
const METRICS = 'pegel.metrics.v1'
const EXPIRED = 'pegel_sink_expired_records_total'

/** What retention does: the partition begins behind the last of these records. */
async function expire({ rig }: Scene, topic: string, group: string): Promise<Loss['records']> {
  const [partition, records] = mostOf(await unread(rig.kafka, topic, group))
  const offset = Math.max(...records.map((record) => record.offset)) + 1
  await withAdmin(rig.cluster.kafka.url, async (admin) => {
    // kafkajs looks for the leader before it loads the topic's metadata; this loads them.
    await admin.fetchTopicOffsets(rig.prefix + topic)
    await admin.deleteTopicRecords({ topic: rig.prefix + topic, partitions: [{ partition, offset: String(offset) }] })
  })
  return records
}

export const LOSS_SCENARIOS: readonly LossScenario[] = [
  {
    name: 'metrics-expired',
    about: 'retention removes records of metrics that a sink has not read',
    expected: 'counted by the sink in records, by the ledger in points of each tenant; alarmed',
    behind: 'sink-influxdb',
    destroy: async (scene) => ({
      sink: 'influxdb',
      records: await expire(scene, METRICS, 'sink-influxdb'),
      counter: { service: 'sink-influxdb', name: EXPIRED },
      alerts: ['PegelDataExpired'],
    }),
  },
  {
    name: 'ingest-expired',
    about: 'retention removes records of ingest that the enricher has not read',
    expected: 'counted in records by the enricher; the ledger names their offsets; alarmed',
    behind: 'enricher',
    destroy: async (scene) => ({
      sink: null,
      records: await expire(scene, INGEST, 'enricher'),
      counter: { service: 'enricher', name: 'pegel_consumer_lost_records_total' },
      alerts: ['PegelIngestExpired'],
    }),
  },
  {
    name: 'segment-damaged',
    about: "a byte of a batch in Kafka's log segment of metrics is turned, before a sink has read it",
    expected: 'no record of the batch is believed; counted and named as if it had expired; alarmed',
    behind: 'sink-elasticsearch',
    destroy: async (scene) => {
      const [partition, records] = mostOf(await unread(scene.rig.kafka, METRICS, 'sink-elasticsearch'))
      const offsets = records.map(({ offset }) => offset)
      const { from, to } = await damageBatch(scene, { topic: METRICS, partition, from: Math.min(...offsets) })
      return {
        sink: 'elasticsearch',
        records: records.filter(({ offset }) => offset >= from && offset < to),
        counter: { service: 'sink-elasticsearch', name: EXPIRED },
        alerts: ['PegelDataExpired'],
      }
    },
  },
  {
    name: 'topic-deleted',
    about: 'metrics is deleted and made anew, with records in it that a sink has not read',
    expected: 'named by the ledger in records and in points of each tenant; alarmed; all goes on with the new topic',
    behind: 'sink-influxdb',
    destroy: async ({ rig }) => {
      const records = await unread(rig.kafka, METRICS, 'sink-influxdb')
      await withAdmin(rig.cluster.kafka.url, (admin) => admin.deleteTopics({ topics: [rig.prefix + METRICS] }))
      await rig.kafka.ensureTopics({ partitions: PARTITIONS, replication: rig.cluster.size, retentionDays: 30 })
      return { sink: 'influxdb', records, alerts: [] }
    },
  },
]
