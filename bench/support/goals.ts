import { writeFileSync } from 'node:fs'
import type { Column } from './report.ts'
import { argument, renderTable } from './report.ts'

/** One line of a table of goals; `--json` writes them as they are. */
export interface GoalRow {
  readonly name: string
  readonly unit: string
  readonly value: number
  /** What the peer does in the same run; null where there is none. */
  readonly peer: number | null
  /** Value over the peer's. */
  readonly ratio: number | null
  /** As text, for example "<= 60"; empty for what is shown for information. */
  readonly goal: string
  readonly met: boolean | null
}

export interface Goal {
  readonly atMost?: number
  readonly atLeast?: number
  /** Of the value over the peer's; not judged where there is no peer. */
  readonly ratioAtMost?: number
  readonly ratioAtLeast?: number
}

export function goalRow(
  name: string,
  unit: string,
  value: number,
  extra: { peer?: number | undefined; goal?: Goal } = {},
): GoalRow {
  const { peer = null, goal } = extra
  const ratio = peer === null || peer === 0 ? null : value / peer
  if (goal === undefined) return { name, unit, value, peer, ratio, goal: '', met: null }
  const ofValue = judge(value, '', goal.atLeast, goal.atMost)
  const ofRatio = judge(ratio, 'ratio ', goal.ratioAtLeast, goal.ratioAtMost)
  const judged = [...ofValue, ...ofRatio]
  const verdicts = judged.flatMap(({ met }) => (met === null ? [] : [met]))
  const met = verdicts.length === 0 ? null : verdicts.every(Boolean)
  return { name, unit, value, peer, ratio, goal: judged.map(({ text }) => text).join(', '), met }
}

function judge(value: number | null, what: string, atLeast?: number, atMost?: number) {
  const bounds = [
    { sign: '>=', bound: atLeast, holds: (limit: number) => (value ?? NaN) >= limit },
    { sign: '<=', bound: atMost, holds: (limit: number) => (value ?? NaN) <= limit },
  ]
  return bounds.flatMap(({ sign, bound, holds }) =>
    bound === undefined ? [] : [{ text: `${what}${sign} ${bound}`, met: value === null ? null : holds(bound) }],
  )
}

/** Prints the table of goals and, with `--json FILE`, writes its rows there. */
export function reportGoals(rows: readonly GoalRow[], peer: string): void {
  process.stdout.write(`\n${renderGoals(rows, peer)}\n`)
  const file = argument('json')
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`)
}

export function renderGoals(rows: readonly GoalRow[], peer: string): string {
  const columns: readonly Column[] = [
    { key: 'name', title: '' },
    { key: 'unit', title: 'unit' },
    { key: 'value', title: 'Pegel', decimals: 2 },
    { key: 'peer', title: peer },
    { key: 'ratio', title: 'ratio' },
    { key: 'goal', title: 'goal' },
    { key: 'met', title: 'met' },
  ]
  return renderTable(
    columns,
    rows.map(({ name, unit, value, peer: other, ratio, goal, met }) => ({
      name,
      unit,
      value,
      peer: other === null ? '–' : other.toFixed(2),
      ratio: ratio === null ? '–' : ratio.toFixed(2),
      goal,
      met: met === null ? '' : met ? 'yes' : 'NO',
    })),
  )
}
