import { describe, expect, it } from '@jest/globals'
import { anomalyOf, stateOf } from '../../test/support/states.ts'
import type { Finding } from './finding.ts'
import { Groups } from './groups.ts'
import { derivedOf } from './series-state.ts'
import type { KeptAnomaly } from './series-state.ts'

const WINDOW_MS = 60_000

function opened(id: string, openedAtMs: number, over: Partial<KeptAnomaly> = {}): Finding {
  const state = stateOf(id)
  const derived = derivedOf(state, 'value')
  const anomaly = anomalyOf(id, { openedAtMs, groupStartMs: openedAtMs, ...over })
  derived.anomalies = [anomaly]
  return { status: 'opened', state, derived, anomaly, value: 1, atMs: openedAtMs, resolution: '' }
}

describe('Groups', () => {
  it('what begins shortly after the first belongs to it, what begins later does not', () => {
    const groups = new Groups()
    const [a, b, c] = [opened('a', 0), opened('b', 59_000, { offset: 1 }), opened('c', 61_000, { offset: 2 })]
    for (const each of [a, b, c]) groups.assign('acme', [each], WINDOW_MS)
    expect(b.anomaly).toMatchObject({ groupId: a.anomaly.groupId, leaderId: 'a', leaderSeries: 'a', groupStartMs: 0 })
    expect(c.anomaly.groupId).not.toBe(a.anomaly.groupId)
    expect(c.anomaly.leaderId).toBe('c')
  })

  it('of one record the earliest leads, and of those at one time the furthest out', () => {
    const groups = new Groups()
    const found = [opened('late', 2000), opened('mild', 1000, { score: 0.6 }), opened('wild', 1000, { score: 0.9 })]
    groups.assign('acme', found, WINDOW_MS)
    expect(new Set(found.map(({ anomaly }) => anomaly.leaderId))).toEqual(new Set(['wild']))
  })

  it('tenants have groups of their own', () => {
    const groups = new Groups()
    const [a, b] = [opened('a', 0), opened('b', 0)]
    groups.assign('acme', [a], WINDOW_MS)
    groups.assign('beta', [b], WINDOW_MS)
    expect(b.anomaly.leaderId).toBe('b')
  })

  it('an end gets no group, and leads none', () => {
    const groups = new Groups()
    const end = { ...opened('a', 0), status: 'resolved' as const }
    groups.assign('acme', [end], WINDOW_MS)
    const next = opened('b', 10, { offset: 1 })
    groups.assign('acme', [next], WINDOW_MS)
    expect(next.anomaly.leaderId).toBe('b')
  })

  // After a crash some series stand further than others: the record that comes again must not see what began after it.
  it('a record that comes again gives the group that it gave first', () => {
    const groups = new Groups()
    const [a, b, c] = [
      opened('a', 0, { offset: 1 }),
      opened('b', 10_000, { offset: 2 }),
      opened('c', 20_000, { offset: 3 }),
    ]
    for (const each of [a, b, c]) groups.assign('acme', [each], WINDOW_MS)
    const restored = new Groups()
    restored.restore(c.state)
    restored.restore(a.state)
    const again = opened('b', 10_000, { offset: 2 })
    restored.assign('acme', [again], WINDOW_MS)
    expect(again.anomaly).toMatchObject({ groupId: b.anomaly.groupId, leaderId: 'a' })
    const first = opened('a', 0, { offset: 1 })
    const alone = new Groups()
    alone.restore(c.state)
    alone.assign('acme', [first], WINDOW_MS)
    expect(first.anomaly.groupId).toBe(a.anomaly.groupId)
  })

  it('remembers a bounded number, the latest', () => {
    const groups = new Groups()
    for (let index = 0; index < 1000; index += 1) groups.assign('acme', [opened(`x${index}`, index * 1e6)], WINDOW_MS)
    const last = opened('last', 999 * 1e6 + 5)
    groups.assign('acme', [last], WINDOW_MS)
    expect(last.anomaly.leaderId).toBe('x999')
    groups.forget('acme')
    const fresh = opened('fresh', 999 * 1e6 + 6)
    groups.assign('acme', [fresh], WINDOW_MS)
    expect(fresh.anomaly.leaderId).toBe('fresh')
  })
})
