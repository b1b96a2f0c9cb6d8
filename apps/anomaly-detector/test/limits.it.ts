import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  deltaSum,
  complex,
  eventually,
  gauge,
  histogramPoint,
  exponentialPoint,
  stale,
  sum,
  summaryPoint,
} from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import { ANOMALIES_TOPIC, METRICS_TOPIC, STATE_TOPIC } from '../src/topics.ts'
import { anomaliesIn, Harness, statesIn } from './support/harness.ts'
import { gaugeOf, level, noise } from './support/signals.ts'

const WATCH_ALL = 'detection: { built_in: false, watch: [{ id: all, metric: .*, min_deviation_relative: 0.5 }] }'

describe('what the detector takes and what it leaves', () => {
  let harness: Harness
  let startMs: number

  beforeEach(async () => {
    harness = new Harness()
    await harness.start()
    startMs = Date.now() - 1000_000
  })

  afterEach(async () => {
    await harness.close()
  })

  async function storedValues(): Promise<Record<string, Record<string, number>>> {
    const states = statesIn(await harness.read(STATE_TOPIC))
    return Object.fromEntries(
      [...states.values()].map(({ metric, values }) => [
        metric,
        Object.fromEntries(values.map(({ name, points }) => [name, points])),
      ]),
    )
  }

  it('scores late and duplicate points not at all, and counts them', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    const { sample } = await harness.startDetector()
    const at = (seconds: number) => startMs + seconds * 1000
    await harness.send('acme', [
      gauge('temp', [
        [at(0), 1],
        [at(1), 2],
        [at(1), 2],
        [at(0.5), 9],
        [at(2), 3],
      ]),
    ])
    await harness.send('acme', [
      gauge('temp', [
        [at(2), 3],
        [at(3), 4],
      ]),
    ])
    await harness.settled()
    expect(await storedValues()).toEqual({ temp: { value: 4 } })
    const outcomes = ['scored', 'late', 'duplicate']
    const counts = await Promise.all(outcomes.map((outcome) => sample('pegel_detector_points_total', { outcome })))
    expect(counts).toEqual([4, 1, 2])
  })

  it('keeps tenants apart that send the same series', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    await harness.publish('beta', 1, WATCH_ALL)
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    await harness.startDetector()
    const fault = { from: 200, to: 205, value: 100 }
    await harness.send('acme', [gaugeOf('temp', { from: 0, to: 230, startMs, fault })])
    await harness.send('beta', [gaugeOf('temp', { from: 0, to: 230, startMs })])
    await harness.settled()
    const found = anomaliesIn(anomalies)
    expect(new Set(found.map(({ tenant }) => tenant))).toEqual(new Set(['acme']))
    expect(found.map(({ status }) => status)).toEqual(['opened', 'resolved'])
    expect([...statesIn(await harness.read(STATE_TOPIC)).keys()].map((key) => key.split('/')[0]).sort()).toEqual([
      'acme',
      'beta',
    ])
  })

  it('does not believe a record whose key is another tenant', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    const { sample } = await harness.startDetector()
    await harness.sendAs('beta', 'acme', [gauge('temp', [[startMs, 1]])])
    await harness.settled()
    expect(await storedValues()).toEqual({})
    expect(await sample('pegel_detector_skipped_records_total', { reason: 'foreign_tenant' })).toBe(1)
  })

  it('goes on behind a record of a tenant that nobody has published', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    const { sample } = await harness.startDetector()
    await harness.sendAs('nobody', 'nobody', [gauge('temp', [[startMs, 1]])])
    await harness.settled()
    expect(await storedValues()).toEqual({})
    expect(await sample('pegel_detector_skipped_records_total', { reason: 'unknown_tenant' })).toBe(1)
  })

  it('goes on behind a record that cannot be read', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    const { sample } = await harness.startDetector()
    await harness.producer.send([{ topic: METRICS_TOPIC, key: 'acme', value: Buffer.of(0xc3, 1, 2, 3) }])
    await harness.send('acme', [gauge('temp', [[startMs, 1]])])
    await harness.settled()
    expect(await storedValues()).toEqual({ temp: { value: 1 } })
    expect(await sample('pegel_detector_skipped_records_total', { reason: 'unreadable' })).toBe(1)
  })

  it('forgets the least recently seen beyond its own limit, and says so with tombstones', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    const { sample } = await harness.startDetector({ PEGEL_DETECTOR_MAX_SERIES: 2 })
    for (const [index, name] of ['a', 'b', 'a', 'c', 'a'].entries())
      await harness.send('acme', [gauge(name, [[startMs + index * 1000, 1]])])
    await harness.settled()
    expect(Object.keys(await storedValues()).sort()).toEqual(['a', 'c'])
    expect(await sample('pegel_detector_evictions_total')).toBe(1)
    expect(await sample('pegel_detector_series')).toBe(2)
  })

  it('ends what is open on a series that it has to forget', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    await harness.startDetector({ PEGEL_DETECTOR_MAX_SERIES: 1 })
    const fault = { from: 200, to: 300, value: 100 }
    await harness.send('acme', [gaugeOf('a', { from: 0, to: 202, startMs, fault })])
    await harness.send('acme', [gauge('b', [[startMs, 1]])])
    await harness.settled()
    expect(anomaliesIn(anomalies)).toMatchObject([{ status: 'opened' }, { status: 'resolved', resolution: 'evicted' }])
  })

  it('watches no more series of a tenant than its file allows', async () => {
    await harness.publish('acme', 1, 'detection: { max_series: 2, built_in: false, watch: [{ id: all, metric: .* }] }')
    await harness.publish('beta', 1, WATCH_ALL)
    const { sample } = await harness.startDetector()
    await harness.send(
      'acme',
      ['a', 'b', 'c'].map((name) => gauge(name, [[startMs, 1]])),
    )
    await harness.send(
      'beta',
      ['d', 'e', 'f'].map((name) => gauge(name, [[startMs, 1]])),
    )
    await harness.settled()
    expect(Object.keys(await storedValues()).sort()).toEqual(['a', 'b', 'd', 'e', 'f'])
    expect(await sample('pegel_detector_refused_series_total', { tenant: 'acme', reason: 'tenant_limit' })).toBe(1)
  })

  it('turns counters into rates over resets, and deltas over silence', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    await harness.startDetector()
    let total = 0
    // Ten a second; the process starts again at 150. A detector that took it for a fall would see -1,500/s.
    const points = Array.from({ length: 300 }, (_, index) => {
      total = index === 150 ? 10 + noise(index) : total + 10 + noise(index)
      return [startMs + index * 1000, total] as const
    })
    await harness.send('acme', [sum('requests', points)])
    // One delta with a start 4 s after the last point: 4 silent seconds were at 0.
    const delta = (at: number, startAt: number): SeriesSpec =>
      deltaSum('orders', [[startMs + at * 1000, 3]], { startTimeMs: startMs + startAt * 1000 })
    await harness.send('acme', [delta(1, 0), delta(2, 1), delta(7, 6)])
    await harness.settled()
    expect(anomaliesIn(anomalies)).toEqual([])
    expect(await storedValues()).toEqual({ requests: { rate: 299 }, orders: { rate: 7 } })
  })

  it('turns histograms and summaries into rates and quantiles, and finds what is slow', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    await harness.startDetector()
    const bounds = [0.01, 0.1, 1, 10]
    const at = (index: number): number => startMs + index * 1000
    const slow = (index: number): boolean => index >= 200 && index < 210
    // 40 requests a second; the slow ones take seconds.
    const counts = (index: number): number[] => (slow(index) ? [0, 5, 5, 30, 0] : [20 + (index % 3), 16, 2, 0, 0])
    const seconds = [...Array(240).keys()]
    const explicit = complex(
      'latency',
      seconds.map((index) => [at(index), histogramPoint(bounds, counts(index))] as const),
      { temporality: 'delta' },
    )
    const exponential = complex(
      'size',
      seconds.map(
        (index) =>
          [
            at(index),
            exponentialPoint({
              count: 30,
              sum: 300,
              zeroCount: 0,
              scale: 3,
              positive: { offset: 20, counts: [10, 10 + (index % 2), 10] },
            }),
          ] as const,
      ),
      { temporality: 'delta' },
    )
    const summary = complex(
      'sizes',
      seconds.map(
        (index) => [at(index), summaryPoint([[0.95, 10 + noise(index)]], { count: index, sum: index })] as const,
      ),
    )
    await harness.send('acme', [explicit, exponential, summary])
    await harness.settled()
    const stored = await storedValues()
    expect(stored).toMatchObject({
      latency: { rate: 239, p95: 239, p99: 239 },
      size: { rate: 239, p95: 239, p99: 239 },
      sizes: { rate: 239, p95: 240 },
    })
    const opened = anomaliesIn(anomalies).filter(({ status }) => status === 'opened')
    expect(new Set(opened.map(({ metric }) => metric))).toEqual(new Set(['latency']))
    expect(opened.map(({ derived }) => derived)).toContain('p95')
    // They began together: one group, and everyone but the first names it.
    expect(new Set(opened.map(({ groupId }) => groupId)).size).toBe(1)
    expect(opened.filter(({ firstMover }) => firstMover === null)).toHaveLength(1)
  })

  it('ends what is open when the series says that it has ended, and begins its counter anew', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    await harness.startDetector()
    const fault = { from: 200, to: 300, value: 100 }
    await harness.send('acme', [gaugeOf('temp', { from: 0, to: 202, startMs, fault })])
    await harness.send('acme', [stale('temp', [startMs + 202_000])])
    await harness.settled()
    expect(anomaliesIn(anomalies)).toMatchObject([{ status: 'opened' }, { status: 'resolved', resolution: 'stale' }])
  })

  it('takes a new version of the file over while it runs', async () => {
    await harness.publish('acme', 1, 'detection: { enabled: false }')
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    const { sample } = await harness.startDetector()
    await harness.send('acme', [gaugeOf('temp', { from: 0, to: 10, startMs })])
    await harness.settled()
    expect(await sample('pegel_detector_series')).toBe(0)
    await harness.publish('acme', 2, WATCH_ALL)
    const fault = { from: 200, to: 300, value: 100 }
    await harness.send('acme', [gaugeOf('temp', { from: 10, to: 205, startMs, fault })], 2)
    await harness.settled()
    expect(anomaliesIn(anomalies)).toMatchObject([{ status: 'opened' }])
    await harness.publish('acme', 3, 'detection: { built_in: false }')
    await harness.send('acme', [gauge('temp', [[startMs + 205_000, level(205)]])], 3)
    await harness.settled()
    expect(anomaliesIn(anomalies)).toMatchObject([
      { status: 'opened' },
      { status: 'resolved', resolution: 'unwatched' },
    ])
    await eventually(async () => expect(await storedValues()).toEqual({}))
  })

  it('forgets a tenant that is deleted', async () => {
    await harness.publish('acme', 1, WATCH_ALL)
    const { sample } = await harness.startDetector()
    await harness.send('acme', [gauge('temp', [[startMs, 1]])])
    await harness.settled()
    expect(await storedValues()).toEqual({ temp: { value: 1 } })
    await harness.publish('acme', 2, '', true)
    await harness.send('acme', [gauge('temp', [[startMs + 1000, 1]])])
    await harness.settled()
    await eventually(async () => expect(await storedValues()).toEqual({}))
    expect(await sample('pegel_detector_skipped_records_total', { reason: 'tenant_deleted' })).toBe(1)
  })
})
