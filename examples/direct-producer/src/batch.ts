import { randomBytes } from 'node:crypto'
import { WAVE_BOUNDS } from './river.ts'
import type { Reading, Timed, WaveHistogram } from './river.ts'

/** One metric with its points, in this program's own terms; what is sent, and what is noted of it. */
export interface Series {
  readonly name: string
  readonly kind: 'gauge' | 'sum' | 'histogram'
  readonly unit: string
  /** Sorted by key. */
  readonly attributes: readonly { readonly key: string; readonly value: string }[]
  readonly points: readonly Timed<number | WaveHistogram>[]
}

/** Who measures, sorted by key. */
export const RESOURCE = [
  { key: 'service.instance.id', value: 'batch-1' },
  { key: 'service.name', value: 'river-gauges' },
]
export const SCOPE = { name: 'direct-producer', version: '1.0.0', attributes: [] }

export function seriesOf(readings: readonly Reading[]): Series[] {
  return readings.flatMap(({ river, station, levels, volumes, waves }) => {
    const attributes = [
      { key: 'river', value: river },
      { key: 'station', value: station },
    ]
    return [
      { name: 'river.level', kind: 'gauge', unit: 'm', attributes, points: levels },
      { name: 'river.volume', kind: 'sum', unit: 'm3', attributes, points: volumes },
      { name: 'river.wave.height', kind: 'histogram', unit: 'm', attributes, points: [waves] },
    ]
  })
}

/** The record MetricBatch v1, every union wrapped by the name of its branch and 64-bit integers as bigint. */
export function batchOf(tenant: string, series: readonly Series[], startNs: bigint): unknown {
  const times = series.flatMap(({ points }) => points.map(({ timeNs }) => timeNs)).sort((a, b) => (a < b ? -1 : 1))
  const [baseTime = 0n] = times
  const count = BigInt(times.length)
  return {
    tenant,
    batchId: randomBytes(16),
    configVersion: 0n,
    receivedAtMs: BigInt(Date.now()),
    protocol: 'direct',
    received: count,
    refused: [],
    points: count,
    minTimeMs: baseTime / 1_000_000n,
    maxTimeMs: (times.at(-1) ?? 0n) / 1_000_000n,
    source: null,
    codec: 'none',
    keyId: null,
    body: {
      'pegel.v1.Points': {
        groups: [
          { baseTime, resource: RESOURCE, scope: SCOPE, series: series.map((each) => record(each, baseTime, startNs)) },
        ],
      },
    },
  }
}

function record(series: Series, baseTime: bigint, startNs: bigint): unknown {
  const { name, kind, unit, attributes, points } = series
  return {
    // Zeros: the enricher computes it, as it does for everybody.
    fingerprint: Buffer.alloc(8),
    identity: {
      name,
      kind,
      temporality: kind === 'gauge' ? 'unspecified' : 'cumulative',
      monotonic: kind === 'sum',
      unit,
      attributes,
    },
    startTime: kind === 'gauge' ? null : { long: startNs - baseTime },
    points: {
      [kind === 'histogram' ? 'pegel.v1.Histograms' : 'pegel.v1.Numbers']: {
        points: points.map(({ timeNs, value }) => point(timeNs - baseTime, value)),
      },
    },
    exemplars: [],
  }
}

function point(time: bigint, value: number | WaveHistogram): unknown {
  if (typeof value === 'number') return { time, value, flags: 0 }
  return {
    time,
    flags: 0,
    count: BigInt(value.count),
    sum: { double: value.sum },
    min: null,
    max: null,
    bounds: WAVE_BOUNDS,
    counts: value.counts.map(BigInt),
  }
}
