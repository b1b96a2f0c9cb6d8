import { renderTable } from '../../../bench/support/report.ts'
import type { Column } from '../../../bench/support/report.ts'
import { BACKENDS } from '../rig/backends.ts'
import type { ScenarioResult } from './result.ts'

const COLUMNS: readonly Column[] = [
  { key: 'name', title: 'scenario' },
  { key: 'verdict', title: '' },
  { key: 'acknowledged', title: 'acknowledged', decimals: 0 },
  ...BACKENDS.map((backend) => ({ key: backend, title: `once in ${backend}`, decimals: 0 })),
  { key: 'alreadyPresent', title: 'already present', decimals: 0 },
  { key: 'booked', title: 'booked otherwise', decimals: 0 },
  { key: 'lost', title: 'lost', decimals: 0 },
  { key: 'recovery', title: 'recovery s' },
  { key: 'fresh', title: 'fresh s' },
]

export function renderResults(results: readonly ScenarioResult[]): string {
  return renderTable(
    COLUMNS,
    results.map((result) => ({
      ...{ name: result.name, verdict: result.failures.length === 0 ? 'ok' : 'FAILED' },
      ...{ acknowledged: result.acknowledged, alreadyPresent: result.alreadyPresent },
      ...{ booked: result.booked, lost: result.lost },
      ...Object.fromEntries(BACKENDS.map((backend) => [backend, storedIn(result, backend)])),
      ...{ recovery: seconds(result.recoveryMs), fresh: seconds(result.freshMs) },
    })),
  )
}

export interface Totals {
  readonly scenarios: number
  readonly failed: number
  readonly acknowledged: number
  /** Of those, over remote write, by tenants whose points go to Prometheus. */
  readonly remoteWritten: number
  /** Acknowledged and to be stored there, and found there once. */
  readonly once: Readonly<Record<string, number>>
  /** Not stored by the books' own word: refused, of a deleted tenant, or destroyed in Kafka by a scenario. */
  readonly booked: number
  readonly lost: number
  readonly doubled: number
  readonly crossed: number
  readonly unissued: number
  readonly imbalance: number
}

export function totalsOf(results: readonly ScenarioResult[]): Totals {
  const sum = (pick: (result: ScenarioResult) => number): number => results.reduce((all, each) => all + pick(each), 0)
  return {
    scenarios: results.length,
    failed: results.filter(({ failures }) => failures.length > 0).length,
    acknowledged: sum((each) => each.acknowledged),
    remoteWritten: sum((each) => each.remoteWritten),
    once: Object.fromEntries(BACKENDS.map((backend) => [backend, sum((each) => storedIn(each, backend))])),
    booked: sum((each) => each.booked),
    lost: sum((each) => each.lost),
    doubled: sum((each) => each.doubled),
    crossed: sum((each) => each.crossed),
    unissued: sum((each) => each.unissued),
    imbalance: sum((each) => each.imbalance),
  }
}

export function renderTotals(totals: Totals): string {
  const { scenarios, failed, acknowledged, remoteWritten, once, booked } = totals
  const { lost, doubled, crossed, unissued, imbalance } = totals
  const stored = Object.entries(once).map(([backend, points]) => `${points} once in ${backend}`)
  return [
    `Sum of ${scenarios} scenarios, ${failed} failed: ${acknowledged} points acknowledged (${remoteWritten} over remote write to Prometheus)`,
    ...stored,
    `${booked} booked as refused or destroyed, ${lost} lost, ${doubled} doubled, ${crossed} crossed, ${unissued} made up, ${imbalance} out of balance.`,
  ].join(', ')
}

/** How long a fresh point took after mending, over all scenarios in which it got through. */
export function renderRecovery(results: readonly ScenarioResult[]): string {
  const known = results.filter(({ recoveryMs }) => !Number.isNaN(recoveryMs))
  const slowestFirst = known.sort((a, b) => b.recoveryMs - a.recoveryMs)
  const at = (share: number): string =>
    seconds(slowestFirst[Math.floor(share * slowestFirst.length)]?.recoveryMs ?? NaN)
  const slowest = slowestFirst.slice(0, 3).map(({ name, recoveryMs }) => `${name} ${seconds(recoveryMs)} s`)
  return `Recovery: median ${at(0.5)} s, nine of ten within ${at(0.1)} s, slowest ${slowest.join(', ')}.`
}

/** One line while the suite runs. */
export function lineOf(result: ScenarioResult): string {
  const { name, failures, acknowledged, recoveryMs, freshMs, tookMs } = result
  const head = `${failures.length === 0 ? 'ok    ' : 'FAILED'} ${name}: ${acknowledged} points, ${result.lost} lost, recovery ${seconds(recoveryMs)} s, fresh ${seconds(freshMs)} s, took ${seconds(tookMs)} s`
  return [head, ...[...failures, ...result.notes].map((line) => `         ${line}`)].join('\n')
}

function storedIn({ verdicts }: ScenarioResult, backend: string): number {
  return verdicts.find((verdict) => verdict.backend === backend)?.stored ?? 0
}

function seconds(ms: number): string {
  return Number.isNaN(ms) ? '–' : (ms / 1000).toFixed(1)
}
