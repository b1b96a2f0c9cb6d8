import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import type { AnomalyRecord } from '@pegel/contracts'
import { ALERTS_TOPIC, ANOMALIES_TOPIC, STATE_TOPIC } from '../src/topics.ts'
import { alertsIn, anomaliesIn, dyingKafka, Harness, statesIn } from './support/harness.ts'
import { gaugeOf } from './support/signals.ts'

const WATCH =
  'detection: { built_in: false, watch: [{ id: temp, metric: temp.*, min_deviation: 5 }], alert: { severity: warning } }'
const FAULT = { from: 200, to: 210, value: 100 }
const LAST = 260
/** The group may have to wait until a dead member's session has run out. */
const PATIENCE = { deadlineMs: 30_000 }

/** What consumers see that keep the first record of each id and status. */
function once(found: readonly AnomalyRecord[]): string[] {
  return [...new Set(found.map(({ metric, id, status }) => `${metric} ${status} ${id}`))].sort()
}

describe('a detector that dies', () => {
  let harness: Harness
  let startMs: number

  beforeEach(async () => {
    harness = new Harness()
    await harness.start()
    startMs = Date.now() - 1000_000
    await harness.publish('acme', 1, WATCH)
  })

  afterEach(async () => {
    await harness.close()
  })

  async function play(from: number, to: number, names: readonly string[] = ['temp']): Promise<void> {
    for (let at = from; at < to; at += 5) {
      const series = names.map((name) => gaugeOf(name, { from: at, to: Math.min(at + 5, to), startMs, fault: FAULT }))
      await harness.send('acme', series)
    }
  }

  /** The same records seen by one that lives. */
  async function undisturbed(names: readonly string[]): Promise<string[]> {
    const calm = new Harness()
    try {
      await calm.start()
      await calm.publish('acme', 1, WATCH)
      const anomalies = await calm.read(ANOMALIES_TOPIC)
      for (let at = 0; at < LAST; at += 5) {
        const series = names.map((name) => gaugeOf(name, { from: at, to: at + 5, startMs, fault: FAULT }))
        await calm.send('acme', series)
      }
      await calm.startDetector()
      await calm.settled()
      return once(anomaliesIn(anomalies))
    } finally {
      await calm.close()
    }
  }

  // Each instant of the order: events, states, commit.
  it.each([
    ['before its events are written', ANOMALIES_TOPIC],
    ['after its events, before its states', STATE_TOPIC],
    ['after its states, before its commit', 'commit'],
  ])('%s loses and invents nothing', async (_, before) => {
    const names = ['temp_a', 'temp_b', 'temp_c']
    const expected = await undisturbed(names)
    expect(expected).toHaveLength(6)
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    await play(0, 150, names)
    const healthy = await harness.startDetector()
    await harness.settled()
    await healthy.stop()
    const { port, isDead } = dyingKafka(harness.kafka, { before })
    const dying = await harness.startDetector({}, port)
    await play(150, 205, names)
    await eventually(() => expect(isDead()).toBe(true), PATIENCE)
    await dying.kill()
    await harness.startDetector()
    await play(205, LAST, names)
    await harness.settled()
    expect(once(anomaliesIn(anomalies))).toEqual(expected)
  })

  it('scores no point twice and skips none: its state is that of one that lived', async () => {
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    const states = await harness.read(STATE_TOPIC)
    for (let at = 0; at < LAST; at += 52) {
      const { port, isDead } = dyingKafka(harness.kafka, { before: at % 104 === 0 ? 'commit' : STATE_TOPIC })
      const dying = await harness.startDetector({}, port)
      await play(at, Math.min(at + 52, LAST))
      await eventually(() => expect(isDead()).toBe(true), PATIENCE)
      await dying.kill()
    }
    await harness.startDetector()
    await harness.settled()
    const [state] = statesIn(states).values()
    expect(state?.values).toMatchObject([{ name: 'value', points: LAST }])
    expect(once(anomaliesIn(anomalies))).toEqual(await undisturbed(['temp']))
  })

  it('hands its partitions to a second one and back, with all they have learned', async () => {
    const names = ['temp_a', 'temp_b']
    const expected = await undisturbed(names)
    const anomalies = await harness.read(ANOMALIES_TOPIC)
    const alerts = await harness.read(ALERTS_TOPIC)
    const first = await harness.startDetector()
    await play(0, 120, names)
    const second = await harness.startDetector()
    await play(120, 202, names)
    await harness.settled()
    await first.stop()
    await play(202, 208, names)
    const third = await harness.startDetector()
    await play(208, LAST, names)
    await harness.settled()
    expect(once(anomaliesIn(anomalies))).toEqual(expected)
    expect(new Set(alertsIn(alerts).map(({ id, status }) => `${id} ${status}`)).size).toBe(4)
    const restored = await Promise.all(
      [second, third].map((each) => each.sample('pegel_detector_restored_series_total')),
    )
    expect(restored.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(2)
  })

  it('is not taken back by what an ousted one writes late', async () => {
    const states = await harness.read(STATE_TOPIC)
    const first = await harness.startDetector()
    await play(0, 50)
    await harness.settled()
    const stale = states.at(-1)
    await play(50, 100)
    await harness.settled()
    await first.stop()
    if (stale?.key == null) throw new Error('no state was written')
    const { topic, key, value, partition, headers } = stale
    await harness.producer.send([{ topic, key, value, partition, headers }])
    await harness.startDetector()
    await play(100, 120)
    await harness.settled()
    expect([...statesIn(states).values()][0]?.values).toMatchObject([{ points: 120 }])
  })
})
