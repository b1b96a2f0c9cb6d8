import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { ALERTS_TOPIC, ANOMALIES_TOPIC, STATE_TOPIC } from '../src/topics.ts'
import { alertsIn, anomaliesIn, Harness, statesIn } from './support/harness.ts'
import { gaugeOf } from './support/signals.ts'

const WATCH =
  'detection: { built_in: false, watch: [{ id: temp, metric: temp, min_deviation: 5 }], alert: { severity: warning } }'
const FAULT = { from: 200, to: 210, value: 100 }

describe('the detector on a real Kafka', () => {
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

  /** In records of ten points. */
  async function play(tenant: string, from: number, to: number, name = 'temp', version = 1): Promise<void> {
    for (let at = from; at < to; at += 10)
      await harness.send(
        tenant,
        [gaugeOf(name, { from: at, to: Math.min(at + 10, to), startMs, fault: FAULT })],
        version,
      )
  }

  it('opens an anomaly once, resolves it once, and alerts on it', async () => {
    await harness.publish('acme', 1, WATCH)
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    const alerts = await harness.read(ALERTS_TOPIC)
    await harness.startDetector()
    await play('acme', 0, 260)
    await harness.settled()
    const found = anomaliesIn(anomalies)
    expect(found.map(({ status }) => status)).toEqual(['opened', 'resolved'])
    expect(found[0]).toMatchObject({
      tenant: 'acme',
      kind: 'anomaly',
      metric: 'temp',
      derived: 'value',
      watch: 'temp',
      openedAtMs: startMs + 200_000,
      firstMover: null,
    })
    expect(found[0]?.score).toBeGreaterThanOrEqual(0.5)
    expect(found[0]?.reason).toMatch(/highest value in .*; usual range/)
    expect(found[1]).toMatchObject({ id: found[0]?.id, resolution: 'back_in_range', groupId: found[0]?.groupId })
    expect(found[1]?.resolvedAtMs).toBeGreaterThan(startMs + 210_000)
    const [firing, resolved] = alertsIn(alerts)
    expect(alertsIn(alerts)).toHaveLength(2)
    expect(firing).toMatchObject({ id: found[0]?.id, status: 'firing', severity: 'warning', name: 'AnomalyDetected' })
    expect(firing?.labels).toMatchObject({ tenant: 'acme', metric: 'temp' })
    expect(resolved).toMatchObject({ id: firing?.id, status: 'resolved' })
  })

  it('keeps one state a series, with the offset that it holds', async () => {
    await harness.publish('acme', 1, WATCH)
    const states = await harness.read(STATE_TOPIC)
    await harness.startDetector()
    await play('acme', 0, 100)
    await harness.settled()
    const stored = [...statesIn(states).values()]
    expect(stored).toHaveLength(1)
    expect(stored[0]).toMatchObject({ tenant: 'acme', metric: 'temp', offset: 9, lastTimeMs: startMs + 99_000 })
    expect(stored[0]?.values).toMatchObject([{ name: 'value', points: 100 }])
  })

  it('goes on where another one stopped', async () => {
    await harness.publish('acme', 1, WATCH)
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    const first = await harness.startDetector()
    await play('acme', 0, 205)
    await harness.settled()
    await first.stop()
    await harness.startDetector()
    await play('acme', 205, 260)
    await harness.settled()
    const found = anomaliesIn(anomalies)
    expect(found.map(({ status }) => status)).toEqual(['opened', 'resolved'])
    expect(found[0]?.id).toBe(found[1]?.id)
  })

  it('is ready only after its state is read', async () => {
    const { hosted } = await harness.startDetector()
    const { signal } = new AbortController()
    await eventually(() => Promise.all(Object.values(hosted.checks).map((check) => check(signal))))
  })
})
