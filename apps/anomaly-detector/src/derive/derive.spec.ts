import { describe, expect, it } from '@jest/globals'
import { histogramPoint, summaryPoint } from '@pegel/testing'
import { freshState } from '../series/series-state.ts'
import type { SeriesState } from '../series/series-state.ts'
import type { WatchedIdentity } from '../watch/identity.ts'
import { deriveHistogram, deriveSummary } from './histogram-points.ts'
import { deriveNumber } from './number-points.ts'

const identity: WatchedIdentity = {
  ...{ tenant: 'acme', metric: 'm', fingerprint: '0', digest: 'd', labels: {}, resource: {}, unit: '' },
  ...{ kind: 'sum', temporality: 'cumulative', monotonic: true },
}
const state = (): SeriesState => freshState(identity, { partition: 0, offset: -1, appendMs: 0 })

/** Feeds points as watchPoint does. */
function feed<P extends { timeMs: number; startTimeMs?: number }>(
  of: SeriesState,
  points: readonly P[],
  derive: (
    point: P & { timeNs: number; startTimeMs: number },
  ) => readonly { name: string; timeMs: number; value: number }[],
): (readonly [string, number, number])[] {
  return points.flatMap((point) => {
    const out = derive({ timeNs: 0, startTimeMs: 0, ...point })
    of.lastTimeMs = point.timeMs
    of.startTimeMs = point.startTimeMs ?? 0
    return out.map(({ name, timeMs, value }) => [name, timeMs, value] as const)
  })
}

const numbers = (
  of: SeriesState,
  who: WatchedIdentity,
  points: readonly { timeMs: number; value: number; startTimeMs?: number }[],
) => feed(of, points, (point) => deriveNumber(of, who, point))

describe('numbers', () => {
  it('a gauge and a sum that may fall are levels', () => {
    const points = [{ timeMs: 1000, value: 5 }]
    expect(numbers(state(), { ...identity, kind: 'gauge' }, points)).toEqual([['value', 1000, 5]])
    expect(numbers(state(), { ...identity, monotonic: false }, points)).toEqual([['value', 1000, 5]])
  })

  it('a counter is a rate from its second point on', () => {
    const points = [
      { timeMs: 1000, value: 100 },
      { timeMs: 3000, value: 110 },
    ]
    expect(numbers(state(), identity, points)).toEqual([['rate', 3000, 5]])
  })

  it.each([
    ['that shrank', { timeMs: 3000, value: 6 }],
    ['whose start is new', { timeMs: 3000, value: 106, startTimeMs: 2500 }],
  ])('a counter %s has grown from 0', (_, second) => {
    const [, [, , rate] = ['', 0, 0]] = [
      0,
      numbers(state(), identity, [{ timeMs: 1000, value: 100, startTimeMs: 500 }, second])[0],
    ]
    expect(rate).toBe(second.value / 2)
  })

  const delta = { ...identity, temporality: 'delta' } as const
  it('a delta is divided by what it covers', () => {
    expect(numbers(state(), delta, [{ timeMs: 2000, value: 6, startTimeMs: 1000 }])).toEqual([['rate', 2000, 6]])
    const without = [
      { timeMs: 1000, value: 6 },
      { timeMs: 4000, value: 6 },
    ]
    expect(numbers(state(), delta, without)).toEqual([['rate', 4000, 2]])
  })

  it('a delta series that was silent was at 0, ten times at most', () => {
    const points = [
      { timeMs: 1000, value: 1, startTimeMs: 1 },
      { timeMs: 4000, value: 1, startTimeMs: 3000 },
      { timeMs: 1_000_000, value: 1, startTimeMs: 999_000 },
    ]
    const out = numbers(state(), delta, points)
    expect(out.slice(1, 4).map(([, timeMs, value]) => [timeMs, value])).toEqual([
      [2000, 0],
      [3000, 0],
      [4000, 1],
    ])
    expect(out.filter(([, , value]) => value === 0)).toHaveLength(12)
  })

  it('one event just before a reading is no huge rate', () => {
    const of = state()
    of.intervalMs = 10_000
    of.lastTimeMs = 1000
    expect(numbers(of, delta, [{ timeMs: 100_000, value: 5, startTimeMs: 99_990 }])).toEqual([['rate', 100_000, 0.5]])
  })
})

describe('histograms', () => {
  const histogram = { ...identity, kind: 'histogram', monotonic: false } as const
  const run = (
    of: SeriesState,
    who: WatchedIdentity,
    points: readonly { timeMs: number; counts: number[]; bounds?: number[] }[],
  ) =>
    feed(of, points, ({ counts, bounds = [1, 2], ...point }) =>
      deriveHistogram(of, who, {
        ...point,
        value: NaN,
        complex: histogramPoint(bounds, counts, { sum: 12 * point.timeMs }),
      }),
    )

  it('a cumulative one gives rate and mean, and quantiles once there are twenty observations', () => {
    const out = run(state(), histogram, [
      { timeMs: 1000, counts: [1, 1, 1] },
      { timeMs: 2000, counts: [11, 1, 1] },
      { timeMs: 3000, counts: [21, 1, 1] },
    ])
    expect(out.map(([name]) => name)).toEqual([
      'rate',
      'mean',
      'rate',
      'mean',
      'p50',
      'p90',
      'p95',
      'p99',
      'distribution',
    ])
    expect(out.filter(([name]) => name === 'rate').map(([, , value]) => value)).toEqual([10, 10])
    expect(out.find(([name]) => name === 'p50')?.[2]).toBe(0.5)
    expect(out.find(([name]) => name === 'distribution')?.[2]).toBe(20)
  })

  it('few observations are told after a minute', () => {
    const out = run(state(), { ...histogram, temporality: 'delta' }, [
      { timeMs: 1000, counts: [0, 0, 0] },
      { timeMs: 11_000, counts: [1, 0, 0] },
      { timeMs: 72_000, counts: [1, 0, 0] },
    ])
    expect(out.filter(([name]) => name === 'p95')).toHaveLength(1)
  })

  it('one that was reset has counted from 0, and other bounds begin anew', () => {
    const of = state()
    const out = run(of, histogram, [
      { timeMs: 1000, counts: [100, 0, 0] },
      { timeMs: 2000, counts: [30, 0, 0] },
      { timeMs: 3000, counts: [31, 9], bounds: [5] },
      { timeMs: 4000, counts: [32, 9], bounds: [5] },
    ])
    expect(out.filter(([name]) => name === 'rate').map(([, , value]) => value)).toEqual([30, 1])
  })

  it('has nothing to say of a point of another kind', () => {
    const point = { timeMs: 1, timeNs: 0, startTimeMs: 0, value: NaN }
    expect(deriveHistogram(state(), histogram, { ...point, complex: summaryPoint([]) })).toEqual([])
    expect(deriveSummary(state(), { ...point, complex: histogramPoint([], []) })).toEqual([])
  })
})

it('a summary gives its own quantiles, and the rate of its count', () => {
  const of = state()
  const points = [10, 40].map((count, index) => ({
    timeMs: 1000 * (index + 1),
    complex: summaryPoint(
      [
        [0.5, 1],
        [0.75, 2],
        [0.99, 3],
      ],
      { count, sum: count * 2 },
    ),
  }))
  expect(feed(of, points, (point) => deriveSummary(of, { ...point, value: NaN }))).toEqual([
    ['p50', 1000, 1],
    ['p99', 1000, 3],
    ['rate', 2000, 30],
    ['mean', 2000, 2],
    ['p50', 2000, 1],
    ['p99', 2000, 3],
  ])
})
