import { describe, expect, it } from '@jest/globals'
import { parseTenantYaml } from '@pegel/tenancy'
import { identityNamed, stateOf } from '../../test/support/states.ts'
import { noise } from '../../test/support/signals.ts'
import { compileWatches } from '../watch/tenant-watches.ts'
import type { Watch } from '../watch/tenant-watches.ts'
import { durationText, numberText } from './duration-text.ts'
import type { Finding } from './finding.ts'
import { derivedOf, pack } from './series-state.ts'
import { decodeState, encodeState } from './state-codec.ts'
import { watchValue } from './watch-value.ts'

function watchOf(rule: string): Watch {
  const parsed = parseTenantYaml(`tenant: acme\ndetection: { watch: [{ id: w, metric: m, ${rule} }] }`, 'x')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const watch = compileWatches(parsed.config).find(identityNamed('m'))
  if (watch === undefined) throw new Error('not watched')
  return watch
}

const MINUTE_MS = 60_000

/** Shows values one a minute, and tells what was found as `index kind status resolution`. */
function play(rule: string, values: readonly number[], { maintenance = false, every = 0 } = {}) {
  const findings: Finding[] = []
  const sight = { watch: watchOf(rule), names: ['value'], offset: 1, inMaintenance: () => maintenance, findings }
  let state = stateOf('m')
  values.forEach((value, index) => {
    // As after a restart.
    if (every > 0 && index % every === 0) state = decodeState(encodeState(state), 0)
    watchValue(state, { name: 'value', timeMs: (index + 1) * MINUTE_MS, value }, sight)
  })
  const told = findings.map(({ atMs, anomaly, status, resolution }) =>
    [atMs / MINUTE_MS - 1, anomaly.kind, status, resolution].join(' ').trim(),
  )
  return { findings, told, state }
}

const calm = (count: number): number[] => Array.from({ length: count }, (_, index) => 10 + noise(index))
const RULE = 'min_deviation: 5'

describe('an anomaly', () => {
  it('that swings around the edge is one event', () => {
    const values = [...calm(200), 100, 100, 10, 10, 10, 100, 10, 10, 10, 10, 10, 10]
    const { told } = play(RULE, values)
    expect(told).toEqual(['200 anomaly opened', '210 anomaly resolved back_in_range'])
  })

  it('that lasts is the usual one day', () => {
    const values = [...calm(200), ...calm(1000).map((value) => value + 100)]
    const { told } = play(RULE, values)
    expect(told).toHaveLength(2)
    expect(told[1]).toMatch(/^\d+ anomaly resolved new_normal$/)
  })

  it('alerts where it is wanted, under its name, and not in maintenance', () => {
    const values = [...calm(200), 100]
    const alerts = (rule: string, maintenance = false) => {
      const { anomaly } = play(`${RULE}, ${rule}`, values, { maintenance }).findings[0] ?? {}
      return [anomaly?.alerted, anomaly?.alertName, anomaly?.maintenance]
    }
    expect(alerts('alert: {}')).toEqual(['warning', 'AnomalyDetected', false])
    expect(alerts('alert: { severity: critical, name: Boom }')).toEqual(['critical', 'Boom', false])
    expect(alerts('alert: { on: [drift] }')).toEqual(['', '', false])
    expect(alerts('alert: {}', true)).toEqual(['', '', true])
  })

  it('to the side that nobody cares for is none', () => {
    expect(play(`${RULE}, direction: down`, [...calm(200), 100, 100]).told).toEqual([])
  })

  it('ignores what is no number', () => {
    expect(play(RULE, [...calm(200), NaN, Infinity]).told).toEqual([])
  })
})

describe('a drift', () => {
  const drifting = [...calm(600), ...calm(300).map((value) => value + 1)]

  it('is told once, where the selector asks for it', () => {
    const { told, findings } = play('min_deviation: 50, drift: true', drifting)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(/^6\d\d drift opened$/)
    expect(findings[0]?.anomaly.reason).toMatch(/level rose/)
    expect(findings[0]?.anomaly.score).toBeGreaterThan(0.5)
    expect(play('min_deviation: 50', drifting).told).toEqual([])
  })

  it('ends when the selector does not ask any more', () => {
    const { state, findings } = play('min_deviation: 50, drift: true', drifting)
    const sight = { watch: watchOf(RULE), names: ['value'], offset: 2, inMaintenance: () => false, findings }
    watchValue(state, { name: 'value', timeMs: 1e9, value: 11 }, sight)
    expect(findings.at(-1)).toMatchObject({ status: 'resolved', resolution: 'unwatched' })
  })
})

describe('a drift of a distribution', () => {
  /** Of 50 predictions a minute, a tenth above 0.5 at first, then half of them. */
  const predictions = (minutes: number, above: number): number[][] =>
    Array.from({ length: minutes }, (_, index) => {
      const high = Math.round(above + 3 * noise(index))
      return [30 - high / 2, 20 - high / 2, high]
    })

  function watch(counts: readonly (readonly number[])[], names: readonly string[]) {
    const findings: Finding[] = []
    const state = stateOf('m', { bounds: [0.25, 0.5] })
    const sight = { watch: watchOf('drift: true'), names, offset: 1, inMaintenance: () => false, findings }
    counts.forEach((each, index) => {
      const timeMs = (index + 1) * MINUTE_MS
      watchValue(state, { name: 'distribution', timeMs, value: 50, counts: each }, sight)
    })
    return findings
  }

  it('is told once, in words that name the part that grew', () => {
    const findings = watch([...predictions(300, 5), ...predictions(100, 25)], ['rate', 'distribution'])
    expect(findings).toMatchObject([{ status: 'opened', anomaly: { kind: 'drift' } }])
    expect(findings[0]?.atMs).toBeGreaterThan(300 * MINUTE_MS)
    expect(findings[0]?.anomaly.reason).toMatch(/% above 0\.5, usually .*PSI/)
    expect(findings[0]?.anomaly.score).toBeGreaterThan(0.5)
  })

  it('is none while the predictions stay as they are', () => {
    expect(watch(predictions(600, 5), ['distribution'])).toEqual([])
  })
})

describe('a forecast', () => {
  const RULE_AHEAD = 'min_deviation: 1000, forecast: { threshold: 100, within: 6h }'
  /** A tenth a minute: 100 is reached at 1000 minutes. */
  const filling = Array.from({ length: 1100 }, (_, index) => index / 10 + noise(index) / 10)

  it('is told when the threshold comes near, and ends when it is crossed', () => {
    const { told, findings } = play(RULE_AHEAD, filling)
    expect(told).toHaveLength(2)
    expect(told[0]).toMatch(/^[5-9]\d\d forecast opened$/)
    expect(told[1]).toMatch(/^(9[89]\d|10\d\d) forecast resolved crossed$/)
    const { anomaly } = findings[0] ?? {}
    expect(anomaly?.reason).toMatch(/^reaches 100 in \d h \(.* to .*\); now \d/)
    expect(anomaly?.forecast).toMatchObject({ threshold: 100, rising: true })
    expect((anomaly?.forecast?.atMs ?? 0) / MINUTE_MS).toBeGreaterThan(900)
  })

  it('ends when it comes no nearer', () => {
    const emptied = [...filling.slice(0, 800), ...Array.from({ length: 600 }, (_, index) => 20 + noise(index) / 10)]
    const { told } = play(RULE_AHEAD, emptied)
    expect(told.at(-1)).toMatch(/forecast resolved receded$/)
    expect(told).toHaveLength(2)
  })
})

it('a restart at any point changes nothing', () => {
  const values = [...calm(300), 100, 100, ...calm(20), ...calm(300).map((value) => value + 2)]
  const rule = `${RULE}, drift: true, forecast: { threshold: 100, within: 6h }`
  const { told, state } = play(rule, values)
  const restarted = play(rule, values, { every: 7 })
  expect(restarted.told).toEqual(told)
  expect(told.length).toBeGreaterThanOrEqual(3)
  expect(encodeState(restarted.state)).toEqual(encodeState(state))
})

it('what another version saved is learned anew', () => {
  const { state } = play(`${RULE}, drift: true, forecast: { threshold: 100 }`, calm(100))
  const derived = derivedOf(state, 'value')
  pack(derived)
  derived.saved = { detector: Buffer.of(9), drift: Buffer.of(9), forecast: Buffer.of(9) }
  const watch = watchOf(`${RULE}, drift: true, forecast: { threshold: 100 }`)
  watchValue(
    state,
    { name: 'value', timeMs: 1e9, value: 1 },
    { watch, names: ['value'], offset: 2, inMaintenance: () => false, findings: [] },
  )
  expect(derived.points).toBe(101)
})

it('durations and numbers are short', () => {
  expect([1500, 119_000, 3 * 3_600_000, 50 * 3_600_000].map(durationText)).toEqual(['2 s', '119 s', '3 h', '2 d'])
  expect([0.123456, 1234567, -3].map(numberText)).toEqual(['0.1235', '1235000', '-3'])
})
