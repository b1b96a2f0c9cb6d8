import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { deltaSum, gauge } from '@pegel/testing'
import { ANOMALIES_TOPIC, STATE_TOPIC } from '../src/topics.ts'
import { anomaliesIn, Harness, statesIn } from './support/harness.ts'
import { level, noise } from './support/signals.ts'

const WATCH = 'detection: { built_in: false, watch: [{ id: all, metric: .*, min_deviation_relative: 0.5 }] }'
const MINUTE_MS = 60_000
const SAMPLES = 300

describe('a detector that starts warm', () => {
  let harness: Harness
  let dir: string
  const endMs = Date.now() - 10 * MINUTE_MS

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'recordings-'))
    harness = new Harness()
    await harness.start()
    await harness.publish('acme', 1, WATCH)
  })

  afterEach(async () => {
    await harness.close()
    rmSync(dir, { recursive: true })
  })

  function record(tenant: string): void {
    const indices = [...Array(SAMPLES).keys()]
    const plain = { temporality: 'unspecified', monotonic: false, unit: '', attributes: {} }
    const series = [
      { ...plain, name: 'temp', kind: 'gauge', samples: indices.map((index) => level(index)) },
      {
        ...{ ...plain, name: 'orders', kind: 'sum', temporality: 'delta', monotonic: true },
        samples: indices.map((index) => (index % 3 === 0 ? null : 1)),
      },
      {
        ...{ ...plain, name: 'latency', kind: 'histogram', temporality: 'delta', bounds: [0.1, 1] },
        samples: indices.map((index) => [3, 20 + Math.round(noise(index)), 2, 0]),
      },
    ]
    const recording = {
      ...{ tenant, startMs: endMs - SAMPLES * MINUTE_MS, stepMs: MINUTE_MS, spanMs: 1000 },
      ...{ resource: {}, scope: { name: '', version: '' }, series },
    }
    writeFileSync(join(dir, `${tenant}.json`), JSON.stringify(recording))
  }

  it('knows what is usual at the first point, and puts what it learned into Kafka', async () => {
    record('acme')
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    const states = await harness.read(STATE_TOPIC)
    await harness.startDetector({ PEGEL_DETECTOR_RECORDINGS: dir })
    const second = (index: number): number => endMs + MINUTE_MS + index * 1000
    await harness.send('acme', [
      gauge('temp', [
        [second(0), 10],
        [second(1), 100],
      ]),
      deltaSum('orders', [[second(0), 1]], { startTimeMs: second(-1) }),
    ])
    await harness.settled()
    expect(anomaliesIn(anomalies)).toMatchObject([{ metric: 'temp', status: 'opened', openedAtMs: second(1) }])
    const points = Object.fromEntries(
      [...statesIn(states).values()].map(({ metric, values }) => [
        metric,
        values.map(({ name, points: n }) => [name, n]),
      ]),
    )
    expect(points).toEqual({
      temp: [['value', SAMPLES + 2]],
      orders: [['rate', SAMPLES + 1]],
      latency: [
        ['rate', SAMPLES],
        ['p95', SAMPLES],
        ['p99', SAMPLES],
      ],
    })
  })

  it('believes what it knows itself before any recording', async () => {
    const first = await harness.startDetector()
    await harness.send('acme', [gauge('temp', [[endMs, 1]])])
    await harness.settled()
    await first.stop()
    record('acme')
    await harness.startDetector({ PEGEL_DETECTOR_RECORDINGS: dir })
    await harness.send('acme', [gauge('temp', [[endMs + 1000, 1]])])
    await harness.settled()
    const states = statesIn(await harness.read(STATE_TOPIC))
    expect([...states.values()].find(({ metric }) => metric === 'temp')?.values).toMatchObject([{ points: 2 }])
  })

  it('leaves recordings of unknown tenants alone', async () => {
    record('nobody')
    const { sample } = await harness.startDetector({ PEGEL_DETECTOR_RECORDINGS: dir })
    await harness.send('acme', [gauge('temp', [[endMs, 1]])])
    await harness.settled()
    expect(await sample('pegel_detector_series')).toBe(1)
  })

  it('does not start with a file that is no recording', async () => {
    writeFileSync(join(dir, 'broken.json'), '{"tenant":"acme"}')
    await expect(harness.startDetector({ PEGEL_DETECTOR_RECORDINGS: dir })).rejects.toMatchObject({
      code: 'detector.bad_recording',
    })
  })
})
