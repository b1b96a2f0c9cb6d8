import { beforeEach, describe, expect, it } from '@jest/globals'
import { contractErrors, encodeGroupBlock, encodeSeriesBlock, fingerprintOf, readBatch } from '@pegel/contracts'
import type { KafkaRecord } from '@pegel/kafka'
import type { ProcessResult } from '@pegel/pipeline'
import { createMemoryDirectory, generateDirectKey, SETTLE_MS, signRecord } from '@pegel/tenancy'
import type { DirectKeyPair, MemoryDirectory } from '@pegel/tenancy'
import { complex, gauge, histogramPoint, sum } from '@pegel/testing'
import { APPENDED_MS, bytesOf, ingestRecord, readOutput } from '../test/support/batches.ts'
import { createEnricher } from './enricher.ts'
import type { Enricher } from './enricher.ts'

type Processed = Extract<ProcessResult, { status: 'processed' }>

const PUBLISHED_MS = APPENDED_MS - 60_000

describe('createEnricher', () => {
  let directory: MemoryDirectory
  let enricher: Enricher
  let nowMs: number
  let keys: DirectKeyPair

  beforeEach(() => {
    directory = createMemoryDirectory()
    keys = generateDirectKey()
    nowMs = APPENDED_MS + 60_000
    enricher = createEnricher({ tenants: directory, maxCacheBytes: 1 << 20, now: () => nowMs })
    publish(1, '')
  })

  function publish(
    version: number,
    more: string,
    over: { deleted?: boolean; at?: number; tenant?: string } = {},
  ): void {
    const { deleted = false, at = PUBLISHED_MS, tenant = 'acme' } = over
    const yaml = `tenant: ${tenant}\ndirect_keys: [{ id: k, public_key: ${keys.publicKey} }]\n${more}`
    directory.apply({ tenant, version, deleted, yaml, appliedAtMs: 0 }, at)
  }

  function process(record: KafkaRecord): Processed {
    const result = enricher.process(record)
    if (result.status === 'wait') throw new Error(`waits: ${result.reason}`)
    return result
  }

  function signed(record: KafkaRecord, key = keys.privateKey): KafkaRecord {
    const { key: name, value } = record
    if (name === null || value === null) throw new Error('nothing to sign')
    return {
      ...record,
      topic: 'pegel.ingest-direct.v1',
      headers: { 'pegel-signature': Buffer.from(signRecord(key, name, value)) },
    }
  }

  const up = gauge('up', [[APPENDED_MS - 10, 1]], { attributes: { host: 'a' }, resource: { 'service.name': 'shop' } })

  it('passes on any number of reasons, also those that leave no room to seal a batch where it lies', () => {
    for (const reasons of [1, 40, 400]) {
      const refused = Array.from({ length: reasons }, (_none, index) => ({
        reason: `reason_${index + 1000}`,
        count: 1,
      }))
      const { envelope, series } = readOutput(process(ingestRecord([up], { refused })).outputs[0])
      expect([envelope.refused, series.length]).toEqual([refused, 1])
    }
  })

  it('gives one record of the tenant, with its source, and a row that says so', () => {
    const record = ingestRecord([up], { received: 3, refused: [{ reason: 'old', count: 2 }] })
    const { outputs, rows, deadLetter } = process({
      ...record,
      headers: { traceparent: Buffer.from('00-a'), other: Buffer.from('x') },
    })
    expect(deadLetter).toBeUndefined()
    expect(outputs).toHaveLength(1)
    expect(outputs[0]).toMatchObject({
      topic: 'pegel.metrics.v1',
      key: 'acme',
      headers: { traceparent: Buffer.from('00-a') },
    })
    expect(outputs[0]?.headers).not.toHaveProperty('other')
    const { envelope, series } = readOutput(outputs[0])
    expect(envelope).toMatchObject({
      tenant: 'acme',
      configVersion: 1,
      receivedAtMs: APPENDED_MS - 5,
      protocol: 'otlp_http',
      received: 3,
      refused: [{ reason: 'old', count: 2 }],
      points: 1,
      source: { topic: 'pegel.ingest.v1', partition: 2, offset: 40, appendTimeMs: APPENDED_MS, part: 0, parts: 1 },
    })
    expect(Buffer.from(envelope.batchId)).toEqual(Buffer.alloc(16, 7))
    expect(series).toEqual([
      expect.objectContaining({
        labels: { host: 'a', tenant: 'acme' },
        resource: { 'service.name': 'shop' },
        points: [[APPENDED_MS - 10, 1]],
      }),
    ])
    expect(rows).toEqual([
      expect.objectContaining({
        tenant: 'acme',
        offset: 40,
        part: 0,
        parts: 1,
        received: 3,
        produced: 1,
        configVersion: 1,
        appendTimeMs: APPENDED_MS,
      }),
    ])
  })

  it('gives every series the fingerprint of its canonical identity', () => {
    const { outputs } = process(ingestRecord([up]))
    const { points } = readBatch(bytesOf(outputs[0]))
    const [run] = points.series
    const series = { name: 'up', kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '' } as const
    const attributes = [
      { key: 'host', value: 'a' },
      { key: 'tenant', value: 'acme' },
    ]
    const group = {
      resource: [{ key: 'service.name', value: 'shop' }],
      scope: { name: '', version: '', attributes: [] },
    }
    const expected = fingerprintOf(group, { ...series, attributes })
    expect(run).toMatchObject({ fingerprintHi: expected.hi, fingerprintLo: expected.lo })
    expect(Buffer.from(run?.block ?? [])).toEqual(encodeSeriesBlock({ ...series, attributes }))
    expect(Buffer.from(run?.group.block ?? [])).toEqual(encodeGroupBlock(group))
  })

  it('gives identical bytes for the same record, from a cold cache or a warm one', () => {
    const record = ingestRecord([up, sum('hits', [[APPENDED_MS, 4]], { startTimeMs: 1000 })])
    const first = process(record)
    const second = process(record)
    const other = createEnricher({ tenants: directory, maxCacheBytes: 1 << 20, now: () => nowMs }).process(record)
    expect(second).toEqual(first)
    expect(other).toEqual(first)
    expect(enricher.cache).toMatchObject({ misses: 2, entries: 2 })
  })

  it('drops by rule, and still answers for a record that has nothing left', () => {
    publish(2, 'rules: [{ id: no_up, action: drop, source_labels: [__name__], regex: up }]')
    const { outputs, rows } = process(ingestRecord([up, gauge('down', [[APPENDED_MS, 1]])], { configVersion: 2 }))
    expect(readOutput(outputs[0]).series.map((series) => series.identity.name)).toEqual(['down'])
    expect(rows).toEqual([
      expect.objectContaining({ received: 2, produced: 1, dropped: [{ reason: 'no_up', count: 1 }] }),
    ])
    const nothing = process(ingestRecord([up], { configVersion: 2 }))
    expect(readOutput(nothing.outputs[0]).envelope).toMatchObject({ points: 0, received: 1 })
    expect(nothing.rows).toEqual([expect.objectContaining({ received: 1, produced: 0, parts: 1 })])
  })

  it('goes by the version in the batch, not by the newest', () => {
    publish(2, 'static_labels: { region: eu }', { at: APPENDED_MS - 30_000 })
    const labels = (version: number): unknown =>
      readOutput(process(ingestRecord([up], { configVersion: version })).outputs[0]).series[0]?.labels
    expect(labels(1)).toEqual({ host: 'a', tenant: 'acme' })
    expect(labels(2)).toEqual({ host: 'a', tenant: 'acme', region: 'eu' })
  })

  it('waits for a version that it has not read', () => {
    expect(enricher.process(ingestRecord([up], { configVersion: 2 }))).toEqual({
      status: 'wait',
      reason: 'tenant_behind',
    })
    publish(2, '')
    expect(process(ingestRecord([up], { configVersion: 2 })).outputs).toHaveLength(1)
  })

  it('keeps series apart that rules have made one', () => {
    publish(2, 'rules: [{ action: labeldrop, regex: host }]')
    const two = [
      up,
      gauge('up', [[APPENDED_MS - 10, 2]], { attributes: { host: 'b' }, resource: { 'service.name': 'shop' } }),
    ]
    const { series } = readOutput(process(ingestRecord(two, { configVersion: 2 })).outputs[0])
    expect(series.map(({ labels, points }) => [labels, points])).toEqual([
      [{ tenant: 'acme' }, [[APPENDED_MS - 10, 1]]],
      [{ tenant: 'acme' }, [[APPENDED_MS - 10, 2]]],
    ])
  })

  it('splits what is too large, without losing a point, an exemplar or the order', () => {
    const wide = (index: number) =>
      gauge(`metric_${index}`, [[APPENDED_MS, index]], {
        attributes: { text: 'x'.repeat(1000) },
        resource: { host: 'a' },
      })
    const spec = [...Array(1200).keys()].map(wide)
    const exemplar = { value: 5, traceId: 'ab'.repeat(16) }
    const last = { ...up, points: [{ timeMs: APPENDED_MS, value: 9, exemplar }] }
    const { outputs, rows } = process(ingestRecord([...spec, last]))
    expect(outputs.length).toBeGreaterThan(2)
    for (const output of outputs) expect(output.value?.byteLength).toBeLessThanOrEqual(512 * 1024)
    const names = outputs.flatMap((output) => readOutput(output).series.map(({ identity }) => identity.name))
    expect(names).toEqual([...spec.map(({ name }) => name), 'up'])
    expect(rows.map(({ part, parts, received }) => [part, parts, received])).toEqual(
      outputs.map((_, part) => [part, outputs.length, part === 0 ? 1201 : 0]),
    )
    expect(rows.reduce((total, row) => total + row.produced, 0)).toBe(1201)
    expect(outputs.map((output) => readOutput(output).envelope.source)).toEqual(
      outputs.map((_, part) => expect.objectContaining({ part, parts: outputs.length })),
    )
    const tail = readBatch(bytesOf(outputs.at(-1))).points
    expect(tail.exemplars).toEqual([expect.objectContaining({ value: 5, traceId: 'ab'.repeat(16) })])
  })

  it('refuses a point that no record can carry', () => {
    const huge = histogramPoint([...Array(40_000).keys()], Array<number>(40_001).fill(1))
    const { outputs, rows } = process(ingestRecord([complex('h', [[APPENDED_MS, huge]]), up]))
    expect(rows).toEqual([
      expect.objectContaining({ received: 2, produced: 1, refused: [{ reason: 'point_too_large', count: 1 }] }),
    ])
    expect(outputs).toHaveLength(1)
  })

  it('copies histograms as they are', () => {
    const point = histogramPoint([1, 2], [3, 4, 5])
    const { outputs } = process(ingestRecord([complex('h', [[APPENDED_MS, point]])]))
    expect(readBatch(bytesOf(outputs[0])).points.columns.complex).toEqual([point])
  })

  describe('refuses as unreadable, whole and with the original value,', () => {
    const cases: readonly (readonly [string, string, () => KafkaRecord])[] = [
      ['bytes that are no batch', 'decode_failed', () => ingestRecord([up], {}, { value: Buffer.from('c301garbage') })],
      ['a record without a value', 'empty_record', () => ingestRecord([up], {}, { value: null })],
      ['a key that is no tenant id', 'bad_key', () => ingestRecord([up], {}, { key: Buffer.from('No Tenant') })],
      ['another tenant in the batch than in the key', 'tenant_mismatch', () => ingestRecord([up], { tenant: 'beta' })],
      [
        'a direct record without a signature',
        'signature_missing',
        () => ({ ...signed(ingestRecord([up])), headers: {} }),
      ],
      [
        'a direct record signed by another key',
        'bad_signature',
        () => signed(ingestRecord([up]), generateDirectKey().privateKey),
      ],
      [
        'a direct record of an unknown tenant',
        'unknown_tenant',
        () => signed(ingestRecord([up], { tenant: 'beta' }, { key: Buffer.from('beta') })),
      ],
    ]

    it.each(cases)('%s', (_, reason, make) => {
      const record = make()
      const { outputs, rows, deadLetter } = process(record)
      expect(outputs).toEqual([])
      expect(deadLetter).toMatchObject({
        stage: 'enricher',
        offset: 40,
        value: record.value ?? new Uint8Array(),
        refusals: [{ point: -1, reason }],
      })
      expect(rows).toEqual([expect.objectContaining({ unreadable: 1, parts: 0, received: 0, produced: 0 })])
    })
  })

  it('refuses a batch whose envelope names other points than its body has', () => {
    const record = ingestRecord([up])
    const value = Buffer.from(bytesOf(record))
    const two = bytesOf(ingestRecord([{ ...up, points: [...up.points, ...up.points] }]))
    // The envelopes differ in `received` first, then in `points`.
    const [, points = 0] = [...value.keys()].filter((index) => value[index] !== two[index])
    value[points] = two[points] ?? 0
    const { rows, deadLetter } = process({ ...record, value })
    expect(deadLetter?.refusals[0]).toMatchObject({
      reason: 'count_mismatch',
      message: 'The envelope names 2 points, the body has 1.',
    })
    expect(rows[0]).toMatchObject({ unreadable: 1, produced: 0 })
  })

  it('waits for a schema that is not published yet', () => {
    const value = Buffer.from(bytesOf(ingestRecord([up])))
    value.fill(9, 2, 10)
    expect(() => enricher.process(ingestRecord([up], {}, { value }))).toThrow(
      contractErrors.unknown_schema({ schema: '0909090909090909' }).message,
    )
  })

  it('books the points of a deleted tenant and lets nothing of them through', () => {
    publish(2, '', { deleted: true, at: APPENDED_MS - SETTLE_MS })
    const { outputs, rows, deadLetter } = process(
      ingestRecord([up], { received: 2, refused: [{ reason: 'old', count: 1 }] }),
    )
    expect([outputs, deadLetter]).toEqual([[], undefined])
    expect(rows).toEqual([
      expect.objectContaining({ received: 2, refused: [{ reason: 'old', count: 1 }], tenantDeleted: 1, produced: 0 }),
    ])
    expect(process(signed(ingestRecord([up]))).rows).toEqual([expect.objectContaining({ tenantDeleted: 1 })])
  })

  it('finishes what was accepted before the deletion', () => {
    publish(2, '', { deleted: true, at: APPENDED_MS + 1 })
    expect(process(ingestRecord([up])).rows[0]).toMatchObject({ produced: 1, tenantDeleted: 0 })
  })

  describe('ingest-direct', () => {
    it('takes a signed record: version and receive time from Kafka, counts from the body', () => {
      const record = signed(
        ingestRecord([up], { configVersion: 99, received: 500, protocol: 'forged', receivedAtMs: 1 }),
      )
      const { outputs, rows } = process(record)
      expect(readOutput(outputs[0]).envelope).toMatchObject({
        configVersion: 1,
        receivedAtMs: APPENDED_MS,
        protocol: 'direct',
        received: 1,
        refused: [],
      })
      expect(rows[0]).toMatchObject({ topic: 'pegel.ingest-direct.v1', received: 1, produced: 1, configVersion: 1 })
    })

    it('meets the same version again, however late it is read', () => {
      const record = signed(ingestRecord([up]))
      const first = process(record)
      publish(2, 'static_labels: { region: eu }', { at: APPENDED_MS - SETTLE_MS + 1 })
      publish(3, 'static_labels: { region: us }', { at: APPENDED_MS + 1 })
      expect(process(record)).toEqual(first)
      const later = process({ ...record, timestampMs: APPENDED_MS + 1 })
      expect(later.rows[0]?.configVersion).toBe(2)
    })

    it('waits before it calls a tenant unknown until the topic is surely read', () => {
      const record = signed(ingestRecord([up], { tenant: 'beta' }, { key: Buffer.from('beta') }))
      nowMs = APPENDED_MS + SETTLE_MS - 1
      expect(enricher.process(record)).toEqual({ status: 'wait', reason: 'tenant_behind' })
      nowMs = APPENDED_MS + SETTLE_MS
      expect(process(record).deadLetter?.refusals[0]?.reason).toBe('unknown_tenant')
    })

    it('takes a new key at once, though its version is not in force yet', () => {
      const fresh = generateDirectKey()
      const record = signed(ingestRecord([up]), fresh.privateKey)
      nowMs = APPENDED_MS + 10
      expect(enricher.process(record)).toEqual({ status: 'wait', reason: 'tenant_behind' })
      keys = fresh
      publish(2, '', { at: APPENDED_MS - 1 })
      expect(process(record).rows[0]).toMatchObject({ produced: 1, configVersion: 1 })
    })

    it('refuses a tenant without direct keys', () => {
      directory.apply(
        { tenant: 'beta', version: 1, deleted: false, yaml: 'tenant: beta', appliedAtMs: 0 },
        PUBLISHED_MS,
      )
      const record = signed(ingestRecord([up], { tenant: 'beta' }, { key: Buffer.from('beta') }))
      expect(process(record).deadLetter).toMatchObject({ tenant: 'beta', refusals: [{ reason: 'no_direct_key' }] })
    })

    it('applies the limits that the gateway would have: series, time, number, size', () => {
      const limits =
        'limits: { max_labels_per_series: 2, max_point_age: 1h, max_points_per_request: 4, max_request_bytes: 5000 }'
      publish(2, limits)
      const spec = [
        gauge('many', [[APPENDED_MS, 1]], { attributes: { a: '1', b: '2', c: '3' } }),
        gauge('old', [
          [APPENDED_MS - 3_600_001, 1],
          [APPENDED_MS, 2],
        ]),
        gauge('future', [[APPENDED_MS + 700_000, 1]]),
      ]
      const { outputs, rows } = process(signed(ingestRecord(spec)))
      expect(rows[0]).toMatchObject({
        received: 4,
        produced: 1,
        refused: [
          { reason: 'max_labels_per_series', count: 1 },
          { reason: 'max_point_age', count: 1 },
          { reason: 'max_point_future', count: 1 },
        ],
      })
      expect(readOutput(outputs[0]).series.map(({ points }) => points)).toEqual([[[APPENDED_MS, 2]]])
      const five = process(signed(ingestRecord([...spec, up])))
      expect(five.rows[0]).toMatchObject({
        received: 5,
        produced: 0,
        refused: [{ reason: 'max_points_per_request', count: 5 }],
      })
      expect(readOutput(five.outputs[0]).envelope.points).toBe(0)
      const large = gauge('large', [[APPENDED_MS, 1]], { attributes: { a: 'x'.repeat(5000) } })
      expect(process(signed(ingestRecord([large]))).rows[0]?.refused).toEqual([
        { reason: 'max_request_bytes', count: 1 },
      ])
    })

    it('does not check again what the gateway has let through', () => {
      publish(2, 'limits: { max_point_age: 1h, max_labels_per_series: 1 }')
      const old = gauge('old', [[APPENDED_MS - 3_600_001, 1]], { attributes: { a: '1', b: '2' } })
      expect(process(ingestRecord([old], { configVersion: 2 })).rows[0]).toMatchObject({ produced: 1, refused: [] })
    })
  })
})
