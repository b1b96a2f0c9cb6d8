import type { Column } from './report.ts'
import { renderTable } from './report.ts'

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
}

export function goalRow(
  name: string,
  unit: string,
  value: number,
  extra: { peer?: number; goal?: Goal } = {},
): GoalRow {
  const { peer = null, goal } = extra
  const ratio = peer === null || peer === 0 ? null : value / peer
  if (goal === undefined) return { name, unit, value, peer, ratio, goal: '', met: null }
  const { atLeast = -Infinity, atMost = Infinity } = goal
  const parts = [...(atLeast === -Infinity ? [] : [`>= ${atLeast}`]), ...(atMost === Infinity ? [] : [`<= ${atMost}`])]
  return { name, unit, value, peer, ratio, goal: parts.join(', '), met: value >= atLeast && value <= atMost }
}

export function renderGoals(rows: readonly GoalRow[], peer: string): string {
  const columns: readonly Column[] = [
    { key: 'name', title: '' },
    { key: 'unit', title: 'unit' },
    { key: 'value', title: 'Pegel', decimals: 2 },
    { key: 'peer', title: peer },
    { key: 'goal', title: 'goal' },
    { key: 'met', title: 'met' },
  ]
  return renderTable(
    columns,
    rows.map(({ name, unit, value, peer: other, goal, met }) => ({
      name,
      unit,
      value,
      peer: other === null ? '–' : other.toFixed(2),
      goal,
      met: met === null ? '' : met ? 'yes' : 'NO',
    })),
  )
}
