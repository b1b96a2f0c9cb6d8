import { describe, expect, it } from '@jest/globals'
import avro from 'avsc'
import type { AvroJson } from './avro/canonical-form.ts'
import { schemaFingerprint } from './avro/canonical-form.ts'
import { frameHeader } from './avro/framing.ts'
import { makeType } from './avro/types.ts'
import { parseGroupBlock, parseSeriesBlock } from './blocks.ts'
import { readBatch, readEnvelope } from './read-batch.ts'
import { SCHEMAS } from './schemas.ts'

const BASE = 1_760_000_000_123_456_789n

/** The current schema, changed as a later or foreign one may be. */
function schemaWith(change: (schema: { fields: AvroJson[] }) => void): AvroJson {
  const schema = JSON.parse(SCHEMAS.MetricBatch.json) as { fields: AvroJson[] }
  change(schema)
  return schema
}

const series = {
  fingerprint: Buffer.alloc(8, 1),
  identity: { name: 'cpu', kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '', attributes: [] },
  startTime: null,
  points: { 'pegel.v1.Numbers': { points: [{ time: 5n, value: 1.5, flags: 0 }] } },
  exemplars: [],
}
const batch = {
  tenant: 'acme',
  batchId: Buffer.alloc(16, 7),
  configVersion: 0n,
  receivedAtMs: 9n,
  protocol: 'direct',
  received: 1n,
  refused: [],
  points: 1n,
  minTimeMs: 0n,
  maxTimeMs: 0n,
  source: null,
  codec: 'none',
  keyId: null,
  body: {
    'pegel.v1.Points': {
      groups: [
        {
          baseTime: BASE,
          resource: [{ key: 'a', value: 'b' }],
          scope: { name: '', version: '', attributes: [] },
          series: [series],
        },
      ],
    },
  },
}
const lookup = (schema: AvroJson) => ({ byFingerprint: () => JSON.stringify(schema) })
const frame = (schema: AvroJson, value: unknown): Buffer =>
  Buffer.concat([frameHeader(schemaFingerprint(schema)), makeType('MetricBatch', schema).toBuffer(value)])

describe('a MetricBatch of another schema', () => {
  it('is resolved to the current one, nanoseconds exact', () => {
    const schema = schemaWith(({ fields }) => {
      fields.splice(2, 3)
      fields.unshift({ name: 'region', type: 'string', default: '' })
    })
    const value = frame(schema, { region: 'eu', ...batch })
    expect(readEnvelope(value, lookup(schema))).toMatchObject({
      tenant: 'acme',
      configVersion: 0,
      receivedAtMs: 0,
      received: 1,
    })
    const { points } = readBatch(value, lookup(schema))
    const [run] = points.series
    expect(points.columns).toMatchObject({
      length: 1,
      timeMs: new Float64Array([1_760_000_000_123]),
      timeNs: new Int32Array([456_794]),
    })
    expect(parseSeriesBlock(run?.block ?? Buffer.alloc(0)).name).toBe('cpu')
    expect(parseGroupBlock(run?.group.block ?? Buffer.alloc(0)).resource).toEqual([{ key: 'a', value: 'b' }])
  })

  it('may hold smaller numbers: int for long, float for double', () => {
    const json = SCHEMAS.MetricBatch.json
      .replace('"name":"configVersion","type":"long"', '"name":"configVersion","type":"int"')
      .replace('"name":"value","type":"double"', '"name":"value","type":"float"')
    const schema = JSON.parse(json) as AvroJson
    const { envelope, points } = readBatch(frame(schema, { ...batch, configVersion: 3 }), lookup(schema))
    expect(envelope.configVersion).toBe(3)
    expect([...points.columns.value]).toEqual([1.5])
  })

  it('waits while its schema is unknown, and is refused when it can never be read', () => {
    const schema = schemaWith(({ fields }) => fields.push({ name: 'later', type: 'int', default: 0 }))
    const value = frame(schema, { ...batch, later: 1 })
    expect(() => readBatch(value)).toThrow(
      expect.objectContaining({ code: 'contracts.unknown_schema', retryable: true }),
    )
    const other: AvroJson = {
      type: 'record',
      name: 'MetricBatch',
      namespace: 'pegel.v1',
      fields: [{ name: 'tenant', type: 'string' }],
    }
    expect(() =>
      readBatch(Buffer.concat([frameHeader(schemaFingerprint(other)), Buffer.of(0)]), lookup(other)),
    ).toThrow(expect.objectContaining({ code: 'contracts.incompatible_schema' }))
  })

  it('with a body that claims more than it holds is refused at once', () => {
    const schema = schemaWith(({ fields }) =>
      fields.push({ name: 'tags', type: { type: 'array', items: 'null' }, default: [] }),
    )
    const value = frame(schema, { ...batch, tags: [] })
    const huge = Buffer.concat([value.subarray(0, -1), Buffer.from('feffffffffffffff7f', 'hex')])
    expect(() => readBatch(huge, lookup(schema))).toThrow(expect.objectContaining({ code: 'contracts.decode_failed' }))
  })

  it('is refused when its values resolve to what the schema does not allow', () => {
    const schema = schemaWith(() => undefined)
    const [type, json] = [makeType('MetricBatch', schema), JSON.stringify(schema)]
    const value = Buffer.concat([Buffer.of(0, 0, 0, 0, 1), type.toBuffer(batch), Buffer.of(0)])
    expect(() => readBatch(value, { byFingerprint: () => undefined, byRegistryId: () => json })).toThrow(
      '1 bytes too many',
    )
  })
})

it('a sealed body is recognised, and its envelope readable', () => {
  const type = avro.Type.forSchema(JSON.parse(SCHEMAS.MetricBatch.json) as avro.Schema)
  const longs = Object.fromEntries(
    Object.entries(batch).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
  )
  const body = { 'pegel.v1.Sealed': { nonce: Buffer.alloc(12), ciphertext: Buffer.alloc(40), clearBytes: 100 } }
  const bytes = type.toBuffer({ ...longs, codec: 'zstd', keyId: 'k1', body })
  const value = Buffer.concat([frameHeader(SCHEMAS.MetricBatch.fingerprint), bytes])
  expect(readEnvelope(value)).toMatchObject({ tenant: 'acme', codec: 'zstd', keyId: 'k1', points: 1 })
  expect(() => readBatch(value)).toThrow(expect.objectContaining({ code: 'contracts.sealed_body', retryable: false }))
})
