import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { decodeRecord, readBatch } from '@pegel/contracts'
import type { KafkaRecord } from '@pegel/kafka'
import { answerFrom, LedgerBook } from '@pegel/pipeline'
import type { LedgerReport } from '@pegel/pipeline'
import { generateDirectKey, signRecord } from '@pegel/tenancy'
import { batchOf, eventually, gauge } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import { DIRECT_TOPIC, INGEST_TOPIC } from '../src/judge.ts'
import { METRICS_TOPIC } from '../src/outcome-record.ts'
import { bytesOf, readOutput } from './support/batches.ts'
import { Harness, withoutCommits } from './support/harness.ts'

const LEDGER_TOPIC = 'pegel.ledger.v1'

describe('the enricher on a real Kafka', () => {
  let harness: Harness

  beforeEach(async () => {
    harness = new Harness()
    await harness.start()
  })

  afterEach(async () => {
    await harness.close()
  })

  const up = (...values: number[]): SeriesSpec =>
    gauge(
      'up',
      values.map((value) => [Date.now(), value] as const),
      { attributes: { host: 'a' } },
    )

  function batch(tenant: string, series: readonly SeriesSpec[], version = 1): Buffer {
    return batchOf(tenant, series, { source: null, configVersion: version }).value
  }

  async function ingest(tenant: string, value: Buffer): Promise<void> {
    await harness.producer.send([{ topic: INGEST_TOPIC, key: tenant, value }])
  }

  async function knows(tenant: string, version: number): Promise<void> {
    await eventually(() => expect(harness.directory.current(tenant)).toMatchObject({ config: { version } }))
  }

  const outputsOf = (records: readonly KafkaRecord[]): ReturnType<typeof readOutput>[] =>
    records.map((record) => readOutput({ topic: record.topic, key: 'x', value: record.value }))

  async function balance(): Promise<LedgerReport> {
    const book = new LedgerBook({ sinceMs: 0, sinks: [] })
    for (const record of await harness.read(LEDGER_TOPIC)) book.add(decodeRecord('LedgerEntry', bytesOf(record)))
    const ends = (await Promise.all([INGEST_TOPIC, DIRECT_TOPIC].map((topic) => harness.kafka.offsets(topic)))).flat()
    // Everything that is there must be booked, whether or not it was committed.
    const ingest = ends.map((end) => ({ ...end, committed: end.latest }))
    return answerFrom(book.judge({ ingest, finished: new Map() }, Date.now()), { sinceMs: 0 })
  }

  it('isolates two tenants that send the same series, and books every point', async () => {
    await harness.publish('acme', 1, 'static_labels: { region: eu }')
    await harness.publish('beta', 1)
    const metrics = await harness.read(METRICS_TOPIC)
    await harness.startEnricher()
    await ingest('acme', batch('acme', [up(1, 2)]))
    await ingest('beta', batch('beta', [up(1, 2)]))
    await eventually(() => expect(metrics).toHaveLength(2))
    const labels = outputsOf(metrics).map(({ series }) => series[0]?.labels)
    expect(labels).toEqual(
      expect.arrayContaining([
        { host: 'a', region: 'eu', tenant: 'acme' },
        { host: 'a', tenant: 'beta' },
      ]),
    )
    await eventually(async () => expect((await balance()).tenants).toHaveLength(2))
    expect(await balance()).toMatchObject({
      balanced: true,
      tenants: [
        { tenant: 'acme', received: 2, produced: 2 },
        { tenant: 'beta', received: 2, produced: 2 },
      ],
    })
    expect(metrics.map(({ partition }) => partition)).toEqual(
      outputsOf(metrics).map(({ envelope }) => envelope.source?.partition),
    )
  })

  it('takes a new version over while it runs: published, seen, applied, no restart', async () => {
    await harness.publish('acme', 1)
    await knows('acme', 1)
    const metrics = await harness.read(METRICS_TOPIC)
    await harness.startEnricher()
    await ingest('acme', batch('acme', [up(1)]))
    await eventually(() => expect(metrics).toHaveLength(1))
    await harness.publish('acme', 2, 'rules: [{ id: no_up, action: drop, source_labels: [__name__], regex: up }]')
    // The enricher may not have read it when the batch comes that names it: then that waits.
    await ingest('acme', batch('acme', [up(2)], 2))
    await eventually(() => expect(metrics).toHaveLength(2))
    expect(outputsOf(metrics).map(({ envelope }) => [envelope.configVersion, envelope.points])).toEqual([
      [1, 1],
      [2, 0],
    ])
    await eventually(async () =>
      expect((await balance()).tenants[0]).toMatchObject({ received: 2, dropped: 1, produced: 1 }),
    )
  })

  it('refuses what names a tenant, or a version, that nobody has published, and goes on behind it', async () => {
    await harness.publish('acme', 1)
    const [metrics, letters] = [await harness.read(METRICS_TOPIC), await harness.read('pegel.dead-letters.v1')]
    await harness.startEnricher()
    const send = async (tenant: string, value: Buffer): Promise<unknown> =>
      harness.producer.send([{ topic: INGEST_TOPIC, key: tenant, value, partition: 0 }])
    await send('nobody', batch('nobody', [up(1)]))
    await send('acme', batch('acme', [up(2)], 9))
    await send('acme', batch('acme', [up(3)]))
    await eventually(() => expect(metrics).toHaveLength(2))
    // The version in force stands in for one that there is not.
    expect(outputsOf(metrics).map(({ envelope }) => envelope.configVersion)).toEqual([1, 1])
    await eventually(() => expect(letters).toHaveLength(1))
    expect(letters.map(({ key }) => key?.toString())).toEqual(['nobody'])
  })

  it('gives the same bytes again after a crash before the commit, and the books do not notice', async () => {
    await harness.publish('acme', 1, 'rules: [{ action: labeldrop, regex: host }]')
    await knows('acme', 1)
    const metrics = await harness.read(METRICS_TOPIC)
    for (let index = 0; index < 20; index += 1) await ingest('acme', batch('acme', [up(index, index + 1)]))
    const first = await harness.startEnricher(withoutCommits(harness.kafka))
    await eventually(() => expect(metrics).toHaveLength(20))
    await eventually(async () => expect((await balance()).tenants[0]?.received).toBe(40))
    await first.stop(2000)
    // What has changed meanwhile must not change what has been.
    await harness.publish('acme', 2, 'static_labels: { region: eu }')
    await knows('acme', 2)
    const second = await harness.startEnricher()
    await eventually(() => expect(metrics).toHaveLength(40))
    const values = metrics.map((record) => record.value?.toString('base64'))
    expect(values.slice(20)).toEqual(values.slice(0, 20))
    await second.stop(2000)
    expect(await balance()).toMatchObject({ balanced: true, tenants: [{ records: 20, received: 40, produced: 40 }] })
    const committed = await harness.kafka.committed('enricher', INGEST_TOPIC)
    expect(Math.max(...committed.map(({ offset }) => offset))).toBe(20)
  })

  it('verifies what comes in direct, and keeps what it cannot verify or read', async () => {
    const { publicKey, privateKey } = generateDirectKey()
    await harness.publish('acme', 1, `direct_keys: [{ id: k, public_key: ${publicKey} }]`)
    await knows('acme', 1)
    const metrics = await harness.read(METRICS_TOPIC)
    const letters = await harness.read('pegel.dead-letters.v1')
    await harness.startEnricher()
    const value = batch('acme', [up(7)], 0)
    const forged = batch('acme', [up(8)], 0)
    const signature = signRecord(privateKey, Buffer.from('acme'), value)
    const direct = { topic: DIRECT_TOPIC, key: 'acme', headers: { 'pegel-signature': signature } }
    await harness.producer.send([
      { ...direct, value: forged },
      { ...direct, value },
    ])
    await ingest('acme', Buffer.from('garbage'))
    await eventually(() => expect(letters).toHaveLength(2))
    await eventually(() => expect(metrics).toHaveLength(1))
    const { envelope, points } = readBatch(bytesOf(metrics[0]))
    expect(envelope).toMatchObject({ protocol: 'direct', configVersion: 1, source: { topic: DIRECT_TOPIC, offset: 1 } })
    expect(envelope.receivedAtMs).toBe(envelope.source?.appendTimeMs)
    expect(points.columns.value[0]).toBe(7)
    const dead = letters.map((record) => decodeRecord('DeadLetter', bytesOf(record)))
    expect(dead.map(({ value: original, refusals }) => [Buffer.from(original), refusals[0]?.reason])).toEqual(
      expect.arrayContaining([
        [forged, 'bad_signature'],
        [Buffer.from('garbage'), 'decode_failed'],
      ]),
    )
    await eventually(async () =>
      expect(await balance()).toMatchObject({ balanced: true, tenants: [{ received: 1, produced: 1, unreadable: 2 }] }),
    )
  })

  it('books what a deleted tenant still sends', async () => {
    await harness.publish('acme', 1)
    await harness.publish('acme', 2, '', true)
    await eventually(() => expect(harness.directory.current('acme')).toEqual({ status: 'deleted' }))
    await harness.startEnricher()
    // The deletion is in force for records appended SETTLE_MS after it; until then the version in the batch decides.
    await eventually(
      async () => {
        await ingest('acme', batch('acme', [up(1)]))
        const { tenants } = await balance()
        expect(tenants[0]?.tenantDeleted).toBeGreaterThan(0)
      },
      { deadlineMs: 20_000, everyMs: 500 },
    )
    expect(await harness.read('pegel.dead-letters.v1')).toEqual([])
  }, 30_000)
})
