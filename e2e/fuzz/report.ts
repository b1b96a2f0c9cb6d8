import { renderTable } from '../../bench/support/report.ts'
import type { Attack } from './attack.ts'
import type { Attacked } from './run.ts'
import type { Watched } from './watch.ts'

/** One line for each attack. */
export function renderAttacks(chosen: readonly Attack[], { attempts, findings }: Attacked): string {
  return renderTable(
    [
      { key: 'name', title: 'attack' },
      { key: 'verdict', title: '' },
      { key: 'attempts', title: 'attempts', decimals: 0 },
      { key: 'found', title: 'found', decimals: 0 },
      { key: 'about', title: 'what' },
    ],
    chosen.map(({ name, about }) => {
      const found = findings.filter(({ attack }) => attack === name).length
      return { name, about, attempts: attempts.get(name) ?? 0, found, verdict: found === 0 ? 'ok' : 'FAILED' }
    }),
  )
}

/** One line for each service. */
export function renderMemory(memory: Watched['memory']): string {
  return renderTable(
    [
      { key: 'name', title: 'MiB after a collection' },
      { key: 'warmMib', title: 'when warm' },
      { key: 'endMib', title: 'at the end' },
      { key: 'mostMib', title: 'most resident', decimals: 0 },
    ],
    memory.map(({ name, warmMib, endMib, mostMib }) => ({ name, warmMib, endMib, mostMib })),
  )
}
