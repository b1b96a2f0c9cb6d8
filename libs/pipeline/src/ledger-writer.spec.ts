import { describe, expect, it } from '@jest/globals'
import { decodeRecord } from '@pegel/contracts'
import type { LedgerRow } from '@pegel/contracts'
import { createLogger } from '@pegel/telemetry'
import { bytesOf, FakeKafka, kafkaRecord } from '../test/support/fake-kafka.ts'
import { createLedgerWriter, packRows } from './ledger-writer.ts'
import { unreadable } from './processor-unreadable.ts'

const log = createLogger({ service: 'test', level: 'silent' })

function rowAt(partition: number, offset: number): LedgerRow {
  const result = unreadable({ record: kafkaRecord(offset, { partition }), reason: 'x', message: '', nowMs: 0 })
  const row = result.status === 'processed' ? result.rows[0] : undefined
  if (row === undefined) throw new Error('no row')
  return row
}

function writer(kafka: FakeKafka) {
  return createLedgerWriter({
    producer: kafka.producer(),
    stage: 'sink',
    sink: 'influxdb',
    instance: 'i',
    log,
    lingerMs: 1,
  })
}

describe('packRows', () => {
  it('makes one entry a partition, in order, and splits long ones', () => {
    const rows = [rowAt(1, 0), rowAt(0, 5), rowAt(1, 1), rowAt(1, 2)]
    const records = packRows(rows, { stage: 'enricher', sink: '', instance: 'i', maxRows: 2, now: () => 9 })
    const entries = records.map((record) => decodeRecord('LedgerEntry', bytesOf(record)))
    expect(records.map(({ key, partition }) => [key, partition])).toEqual([
      ['enricher', 1],
      ['enricher', 1],
      ['enricher', 0],
    ])
    expect(entries.map((entry) => entry.rows.map((row) => row.offset))).toEqual([[0, 1], [2], [5]])
    expect(entries[0]).toMatchObject({
      stage: 'enricher',
      sink: '',
      instance: 'i',
      writtenAtMs: 9,
      rows: [rowAt(1, 0), rowAt(1, 1)],
    })
  })
})

describe('createLedgerWriter', () => {
  it('packs what comes together and resolves when Kafka has it', async () => {
    const kafka = new FakeKafka()
    const ledger = writer(kafka)
    await Promise.all([ledger.write([rowAt(0, 0)]), ledger.write([rowAt(0, 1)]), ledger.write([])])
    expect(kafka.sent).toHaveLength(1)
    expect(kafka.sent[0]?.map((record) => record.key)).toEqual(['sink/influxdb'])
  })

  it('repeats a write that failed, before anything newer', async () => {
    const kafka = new FakeKafka()
    let failures = 1
    kafka.beforeSend = () => {
      if (failures-- > 0) throw new Error('away')
    }
    const ledger = writer(kafka)
    await Promise.all([ledger.write([rowAt(0, 0)]), ledger.write([rowAt(0, 1)])])
    await ledger.write([rowAt(0, 2)])
    const offsets = kafka.sent
      .flat()
      .flatMap((record) => decodeRecord('LedgerEntry', bytesOf(record)).rows.map((row) => row.offset))
    expect(offsets).toEqual([0, 1, 2])
  })

  it('sends on close what is waiting, then refuses', async () => {
    const kafka = new FakeKafka()
    const ledger = writer(kafka)
    const written = ledger.write([rowAt(0, 0)])
    await ledger.close()
    await expect(written).resolves.toBeUndefined()
    await expect(ledger.write([rowAt(0, 1)])).rejects.toThrow('closed')
  })

  it('rejects at the deadline of close what Kafka does not take', async () => {
    const kafka = new FakeKafka()
    kafka.beforeSend = () => {
      throw new Error('away')
    }
    const ledger = writer(kafka)
    const written = ledger.write([rowAt(0, 0)])
    const rejected = expect(written).rejects.toThrow('Given up')
    await ledger.close(20)
    await rejected
  })
})
