import { encodeRecord, NO_COUNTS, NOTHING_BOOKED } from '@pegel/contracts'
import type { LedgerRow } from '@pegel/contracts'
import type { KafkaPort, Produced } from '@pegel/kafka'
import { LEDGER_TOPIC } from '@pegel/pipeline'
import { batchOf } from './batch-of.ts'
import { gauge } from './series-spec.ts'

/** What stands in the ledger of a record of five points. */
export interface BookedRecord {
  /** Whether the enricher has a row of it. */
  readonly enricher: boolean
  /** Points that sink-influxdb has delivered; 0 leaves its row out. */
  readonly delivered: number
}

function row(partition: number, offset: number, over: Partial<LedgerRow>): LedgerRow {
  const base = {
    tenant: 'acme',
    topic: 'pegel.ingest.v1',
    partition,
    offset,
    part: 0,
    parts: 1,
    appendTimeMs: Date.now() - 120_000,
  }
  return { ...base, configVersion: 1, ...NOTHING_BOOKED, ...over }
}

/** One ingest record of acme, two minutes old, which the enricher's group and the sink's have committed past, whatever the ledger says. */
export async function bookOneRecord(kafka: KafkaPort, booked: BookedRecord): Promise<void> {
  const producer = kafka.producer()
  const { value } = batchOf('acme', [gauge('up', [[1, 1]])])
  const [ingest] = await producer.send([{ topic: 'pegel.ingest.v1', key: 'acme', value }])
  const [metrics] = await producer.send([{ topic: 'pegel.metrics.v1', key: 'acme', value }])
  if (ingest === undefined || metrics === undefined) throw new Error('not produced')
  await producer.send(
    entriesOf(ingest, booked).map((entry) => ({
      topic: LEDGER_TOPIC,
      key: entry.stage,
      value: encodeRecord('LedgerEntry', entry),
    })),
  )
  await commitPast(kafka, 'enricher', ingest)
  await commitPast(kafka, 'sink-influxdb', metrics)
}

function entriesOf({ partition, offset }: Produced, { enricher, delivered }: BookedRecord) {
  const rows = enricher ? [row(partition, offset, { received: 5, produced: 5 })] : []
  const counts = { ...NO_COUNTS, delivered }
  const settled = delivered === 0 ? [] : [row(partition, offset, { counts, latencyMs: 20 })]
  // The sink's entry may be empty: it has written something, so it is known.
  return [
    { stage: 'enricher', sink: '', instance: 'e', writtenAtMs: 0, rows },
    { stage: 'sink', sink: 'influxdb', instance: 's', writtenAtMs: 0, rows: settled },
  ] as const
}

async function commitPast(kafka: KafkaPort, group: string, { topic, partition, offset }: Produced): Promise<void> {
  let epoch = 0
  const consumer = kafka.consumer({
    group,
    topics: [topic],
    handlers: {
      onBatch: () => undefined,
      onAssigned: (to) => (epoch = to.epoch),
      onRevoked: () => undefined,
      onGap: () => undefined,
    },
  })
  await consumer.start()
  await consumer.commit([{ topic, partition, offset: offset + 1 }], epoch)
  await consumer.close()
}
