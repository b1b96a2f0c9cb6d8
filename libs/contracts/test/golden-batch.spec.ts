import { expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprintHex, fingerprintOf } from '../src/fingerprint.ts'
import type { GroupIdentity, SeriesIdentity } from '../src/metric-batch.ts'
import { readBatch } from '../src/read-batch.ts'
import { sealBatch } from '../src/seal-batch.ts'
import { envelopeOf } from './avro-model.ts'
import type { ModelBatch, ModelPoint, ModelRun } from './batch-model.ts'
import { groupsOf, writeModel } from './batch-model.ts'

const BASE = 1_760_000_000_123_456_789n
const shop: GroupIdentity = {
  resource: [
    { key: 'host.name', value: 'zürich-1' },
    { key: 'service.name', value: 'shop' },
  ],
  scope: { name: 'http', version: '1.2.0', attributes: [{ key: 'library', value: 'pegel' }] },
}
const bare: GroupIdentity = { resource: [], scope: { name: '', version: '', attributes: [] } }

function run(group: GroupIdentity, identity: SeriesIdentity, points: readonly Partial<ModelPoint>[]): ModelRun {
  return {
    fingerprint: fingerprintHex(fingerprintOf(group, identity)),
    identity,
    start: identity.kind === 'gauge' ? null : BASE - 86_400_000_000_000n * 400n,
    points: points.map((point, index) => ({
      time: BASE + BigInt(index) * 15_000_000_001n,
      value: index,
      flags: 0,
      exemplars: [],
      ...point,
    })),
  }
}

function series(name: string, kind: SeriesIdentity['kind'], code?: string): SeriesIdentity {
  const attributes = code === undefined ? [] : [{ key: 'code', value: code }]
  const counts = kind !== 'gauge' && kind !== 'summary'
  return {
    name,
    kind,
    temporality: counts ? 'cumulative' : 'unspecified',
    monotonic: kind === 'sum',
    unit: 'ms',
    attributes,
  }
}

const totals = { count: 7, sum: 12.5, min: 0.25, max: null }
const exemplar = {
  time: BASE - 5n,
  value: 3.5,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  attributes: [{ key: 'user', value: 'u1' }],
}
const batch: ModelBatch = {
  head: {
    tenant: 'acme',
    batchId: Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'),
    configVersion: 12,
    receivedAtMs: 1_760_000_000_500,
    protocol: 'otlp_http',
    received: 12,
    refused: [{ reason: 'too_old', count: 2 }],
    source: {
      topic: 'pegel.ingest.v1',
      partition: 3,
      offset: 123_456_789,
      appendTimeMs: 1_760_000_000_777,
      part: 0,
      parts: 2,
    },
  },
  groups: [
    {
      identity: shop,
      runs: [
        run(shop, series('requests', 'sum', '200'), [{ exemplars: [exemplar] }, { value: 1e9 }]),
        run(shop, series('requests', 'sum', '500'), [{ value: 0.1 }]),
        run(shop, series('latency', 'histogram'), [
          { value: { kind: 'histogram', ...totals, bounds: [1, 5], counts: [3, 4, 0] } },
        ]),
        run(shop, series('latency.exp', 'exponential_histogram'), [
          {
            value: {
              kind: 'exponential_histogram',
              ...totals,
              scale: 3,
              zeroCount: 1,
              zeroThreshold: 1e-9,
              positive: { offset: -2, counts: [1, 0, 300] },
              negative: { offset: 0, counts: [] },
            },
          },
        ]),
        run(shop, series('latency.float', 'histogram'), [
          { value: { kind: 'histogram', ...totals, count: 7.5, bounds: [1], counts: [3.25, 4.25] } },
        ]),
        run(shop, series('latency.quantiles', 'summary'), [
          { value: { kind: 'summary', count: 7, sum: 12.5, quantiles: [{ quantile: 0.99, value: 4 }] } },
        ]),
      ],
    },
    {
      identity: bare,
      runs: [
        run(bare, series('temperature', 'gauge'), [{ value: -3.25 }, { value: NaN, flags: 1 }, { time: BASE - 1n }]),
      ],
    },
  ],
}

/** Without what came later than the first schema. */
const firstBatch: ModelBatch = {
  head: { ...batch.head, received: 11 },
  groups: batch.groups.map((group) => ({
    ...group,
    runs: group.runs.filter(({ identity }) => identity.name !== 'latency.float'),
  })),
}

/** Records of this form are in Kafka for days: a change of these bytes is a change of the format. */
it('a record of every kind has the bytes of the golden file, and the file reads as that record', () => {
  const file = join(import.meta.dirname, 'golden/metric-batch.v1.hex')
  const lines = (bytes: Buffer): string => `${(bytes.toString('hex').match(/.{1,96}/g) ?? []).join('\n')}\n`
  const golden = readFileSync(file, 'utf8')
  expect(lines(sealBatch(batch.head, writeModel(batch, false)))).toBe(golden)
  const read = readBatch(Buffer.from(golden.replaceAll('\n', ''), 'hex'))
  expect(groupsOf(read)).toEqual(batch.groups)
  expect(read.envelope).toEqual(envelopeOf(batch))
})

it('a record of the first schema still reads as it was written', () => {
  const file = join(import.meta.dirname, 'golden/metric-batch.v1.9920ada6a6c8eebb.hex')
  const schema = join(import.meta.dirname, '../schemas/history/metric-batch.v1.9920ada6a6c8eebb.avsc')
  const bytes = Buffer.from(readFileSync(file, 'utf8').replaceAll('\n', ''), 'hex')
  const read = readBatch(bytes, { byFingerprint: () => readFileSync(schema, 'utf8') })
  expect(groupsOf(read)).toEqual(firstBatch.groups)
  expect(read.envelope).toEqual(envelopeOf(firstBatch))
})
