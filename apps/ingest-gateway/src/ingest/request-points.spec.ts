import { describe, expect, it } from '@jest/globals'
import {
  encodeSeriesBlock,
  MAX_BATCH_BYTES,
  NO_FINGERPRINT,
  parseSeriesBlock,
  PointsWriter,
  Slab,
} from '@pegel/contracts'
import { DEFAULT_LIMITS, type TenantLimits } from '@pegel/tenancy'
import type { DecodedPoint, MetricHead } from '../otlp/index.ts'
import { pointsIn } from '../../test/support/points-in.ts'
import { DecodedPoints } from './decoded-points.ts'
import { labelGroup } from './labels.ts'
import { RequestPoints, type RequestOutcome } from './request-points.ts'
import { NEVER } from './series-gate.ts'
import type { SeriesGate } from './series-gate.ts'

const NOW = 1_700_000_000_000
const gauge: MetricHead = { name: 'm', kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '' }
const histogram: MetricHead = { ...gauge, kind: 'histogram', temporality: 'delta' }
const group = { resource: [{ key: 'service.name', value: 'shop' }], scope: { name: '', version: '', attributes: [] } }
const base: DecodedPoint = {
  attributes: [],
  start: { ms: 0, ns: 0 },
  time: { ms: NOW, ns: 5 },
  flags: 0,
  value: 1,
  exemplars: [],
}

function judge(
  points: readonly (readonly [MetricHead, Partial<DecodedPoint>])[],
  limits: Partial<TenantLimits> = {},
): RequestOutcome {
  const request = new RequestPoints({ limits: { ...DEFAULT_LIMITS, ...limits }, receivedAtMs: NOW })
  const decoded = new DecodedPoints(request)
  decoded.group(group)
  for (const [metric, point] of points) decoded.point(metric, { ...base, ...point })
  return request.finish()
}

const stored = ({ chunks }: RequestOutcome) => pointsIn(chunks)

describe('RequestPoints', () => {
  it('encodes what it accepts: time to the nanosecond, value, flags, exemplars, labels', () => {
    const exemplar = {
      timeMs: NOW,
      timeNs: 7,
      value: 3,
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      attributes: [],
    }
    const outcome = judge([
      [gauge, { value: 2.5, flags: 1, exemplars: [exemplar], attributes: [{ key: 'a', value: 'b' }] }],
    ])
    const { series, columns, exemplars } = stored(outcome)
    expect(outcome).toMatchObject({ accepted: 1, refused: [] })
    expect([columns.timeMs[0], columns.timeNs[0], columns.value[0], columns.flags[0]]).toEqual([NOW, 5, 2.5, 1])
    expect(parseSeriesBlock(series[0]?.block ?? Buffer.alloc(0))).toEqual({
      ...gauge,
      attributes: [{ key: 'a', value: 'b' }],
    })
    expect(exemplars).toEqual([{ point: 0, ...exemplar }])
  })

  it('keeps points of one series in one run, and a new start time begins another', () => {
    const start = { ms: NOW - 10, ns: 0 }
    const runs = stored(
      judge([
        [gauge, {}],
        [gauge, {}],
        [gauge, { start }],
        [gauge, {}],
      ]),
    ).series
    expect(runs.map(({ count, startTimeMs }) => [count, startTimeMs])).toEqual([
      [2, 0],
      [1, NOW - 10],
      [1, 0],
    ])
  })

  it('begins a run anew when its series lies elsewhere', () => {
    const block = encodeSeriesBlock({ ...gauge, attributes: [] })
    const slabs = [new Slab(64), new Slab(64)] as const
    for (const slab of slabs)
      slab.copyFrom(new DataView(block.buffer, block.byteOffset, block.length), 0, block.length, 8)
    const inSlab = { slab: slabs[0], blockAt: 8, blockBytes: block.length, branch: 0 }
    const series = { ...inSlab, ...NO_FINGERPRINT, block, problem: undefined, labelBytes: 9, admittedAt: NEVER }
    const request = new RequestPoints({ limits: DEFAULT_LIMITS, receivedAtMs: NOW })
    request.group(labelGroup(DEFAULT_LIMITS, group))
    for (const moves of [false, false, true, false]) {
      if (moves) series.slab = slabs[1]
      request.series(series, 0, 0)
      request.number(NOW, 0, 1, 0)
    }
    const runs = stored(request.finish()).series
    expect(runs.map(({ count }) => count)).toEqual([2, 2])
    expect(runs.map((run) => parseSeriesBlock(run.block).name)).toEqual(['m', 'm'])
  })

  const tooLong = 'x'.repeat(3000)
  const buckets = { kind: 'histogram', count: 1, sum: 1, min: null, max: null, bounds: [], counts: [] } as const
  it.each<[string, MetricHead, Partial<DecodedPoint>]>([
    ['name_missing', { ...gauge, name: '' }, {}],
    ['label_name_missing', gauge, { attributes: [{ key: '', value: 'a' }] }],
    ['temporality_missing', { ...histogram, temporality: 'unspecified' }, { value: { ...buckets, bounds: [1] } }],
    ['counts_inconsistent', histogram, { value: { ...buckets, bounds: [1, 2], counts: [1, 2] } }],
    ['counts_inconsistent', histogram, { value: { ...buckets, bounds: [2, 1], counts: [1, 2, 3] } }],
    ['time_missing', gauge, { time: { ms: 0, ns: 0 } }],
    ['time_out_of_range', gauge, { time: { ms: 2 ** 60, ns: 0 } }],
    ['time_out_of_range', gauge, { start: { ms: 2 ** 60, ns: 0 } }],
    ['max_point_age', gauge, { time: { ms: NOW - 8 * 24 * 3_600_000, ns: 0 } }],
    ['max_point_future', gauge, { time: { ms: NOW + 11 * 60_000, ns: 0 } }],
    ['max_label_value_bytes', gauge, { attributes: [{ key: 'a', value: tooLong }] }],
    ['max_label_name_bytes', gauge, { attributes: [{ key: tooLong, value: 'a' }] }],
    [
      'max_labels_per_series',
      gauge,
      { attributes: Array.from({ length: 65 }, (_, i) => ({ key: `k${i}`, value: '' })) },
    ],
    ['value_out_of_range', histogram, { value: { ...buckets, count: 2 ** 64 } }],
    [
      'too_many_buckets',
      histogram,
      { value: { ...buckets, bounds: [...Array(10_000).keys()], counts: Array.from({ length: 10_001 }, () => 0) } },
    ],
  ])('refuses with %s and takes the neighbours', (reason, metric, point) => {
    const outcome = judge([
      [gauge, { value: 1 }],
      [metric, point],
      [gauge, { value: 3 }],
    ])
    expect(outcome).toMatchObject({ accepted: 2, refused: [{ reason, count: 1 }] })
    expect([...stored(outcome).columns.value]).toEqual([1, 3])
  })

  it('takes as many points as a request may have and refuses the rest', () => {
    const outcome = judge(
      [
        [gauge, {}],
        [gauge, {}],
        [gauge, {}],
      ],
      { maxPointsPerRequest: 2 },
    )
    expect(outcome).toMatchObject({ accepted: 2, refused: [{ reason: 'max_points_per_request', count: 1 }] })
  })

  it('refuses a point that no record could hold, whatever the limits allow', () => {
    const attributes = Array.from({ length: 10 }, (_, i) => ({ key: `k${i}`, value: 'x'.repeat(60_000) }))
    const outcome = judge(
      [
        [gauge, { attributes }],
        [gauge, {}],
      ],
      { maxLabelValueBytes: 100_000 },
    )
    expect(outcome).toMatchObject({ accepted: 1, refused: [{ reason: 'point_too_large', count: 1 }] })
  })

  it('judges the labels of a group for all its series', () => {
    const request = new RequestPoints({ limits: DEFAULT_LIMITS, receivedAtMs: NOW })
    const decoded = new DecodedPoints(request)
    decoded.group({ ...group, resource: [{ key: 'k', value: tooLong }] })
    decoded.point(gauge, base)
    decoded.group({ ...group, resource: [{ key: '', value: '' }] })
    decoded.point(gauge, base)
    expect(request.finish().refused).toEqual([
      { reason: 'max_label_value_bytes', count: 1 },
      { reason: 'label_name_missing', count: 1 },
    ])
  })

  it('forgets what a request left behind whose decoding failed', () => {
    const writer = new PointsWriter()
    const broken = new DecodedPoints(new RequestPoints({ limits: DEFAULT_LIMITS, receivedAtMs: NOW, writer }))
    broken.group(group)
    broken.point(gauge, base)
    expect(new RequestPoints({ limits: DEFAULT_LIMITS, receivedAtMs: NOW, writer }).finish().chunks).toEqual([])
  })

  it('treats ids of exemplars that have no valid length as absent', () => {
    const exemplar = { timeMs: NOW, timeNs: 0, value: 1, traceId: 'abcd', spanId: 'cd'.repeat(8), attributes: [] }
    expect(stored(judge([[gauge, { exemplars: [exemplar] }]])).exemplars).toMatchObject([
      { traceId: '', spanId: 'cd'.repeat(8) },
    ])
  })

  it('splits a large request into chunks that fit a record, losing nothing', () => {
    const points = Array.from(
      { length: 20_000 },
      (_, i) => [gauge, { value: i, attributes: [{ key: 'i', value: `${i}-${'x'.repeat(60)}` }] }] as const,
    )
    const { chunks, accepted } = judge(points)
    expect(accepted).toBe(20_000)
    expect(chunks.length).toBeGreaterThan(2)
    expect(chunks.every(({ bytes }) => bytes.length <= MAX_BATCH_BYTES)).toBe(true)
    expect(chunks.reduce((sum, chunk) => sum + chunk.points, 0)).toBe(20_000)
  })

  it('leaves out exemplars that are too many or too large', () => {
    const exemplar = { timeMs: NOW, timeNs: 0, value: 1, traceId: '', spanId: '', attributes: [] }
    const large = { ...exemplar, attributes: [{ key: 'k', value: 'v'.repeat(600) }] }
    const outcome = judge([[gauge, { exemplars: [large, ...Array.from({ length: 12 }, () => exemplar)] }]])
    expect(stored(outcome).exemplars).toHaveLength(10)
  })
})

describe('a gate', () => {
  it('is asked for a series before its first point is taken, and not for points that are refused anyway', () => {
    const asked: number[] = []
    const gate: SeriesGate = {
      stamp: 7,
      admit(series) {
        asked.push(series.fingerprintLo)
        if (asked.length > 1) return 'max_active_series'
        series.admittedAt = 7
        return undefined
      },
      withdraw: () => asked.splice(0),
    }
    const request = new RequestPoints({ limits: DEFAULT_LIMITS, receivedAtMs: NOW, gate })
    const decoded = new DecodedPoints(request)
    decoded.group(group)
    decoded.point({ ...gauge, name: 'old' }, { ...base, time: { ms: 1, ns: 0 } })
    decoded.point({ ...gauge, name: 'a' }, base)
    decoded.point({ ...gauge, name: 'a' }, base)
    decoded.point({ ...gauge, name: 'b' }, base)
    decoded.point({ ...gauge, name: 'b' }, base)
    const { accepted, refused } = request.finish()
    expect([accepted, asked.length]).toEqual([2, 2])
    expect(refused).toEqual([
      { reason: 'max_point_age', count: 1 },
      { reason: 'max_active_series', count: 2 },
    ])
    request.withdraw()
    expect(asked).toEqual([])
  })
})
