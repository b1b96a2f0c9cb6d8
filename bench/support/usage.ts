import { quantile } from './bootstrap.ts'
import { cpuSeconds, memoryMib } from './process-usage.ts'
import type { Column } from './report.ts'
import { renderTable } from './report.ts'

/** What some work took of the processes that did it. */
export interface Usage {
  readonly points: number
  readonly wallSeconds: number
  /** From the operating system, of the measured processes alone. */
  readonly cpuSeconds: number
  readonly residentMib: number
  /** Empty where nothing was asked and answered. */
  readonly latenciesMs: readonly number[]
}

/** Who is measured, for example Pegel or its peer. A turn is one measurement; whatever warms up comes before it. */
export interface Subject {
  readonly name: string
  readonly turn: () => Promise<Usage>
}

const COLUMNS: readonly Column[] = [
  { key: 'subject', title: 'subject' },
  { key: 'points', title: 'points', decimals: 0 },
  { key: 'wall', title: 'wall s' },
  { key: 'perSecond', title: 'points/s', decimals: 0 },
  { key: 'cpu', title: 'CPU s', decimals: 2 },
  { key: 'perCpu', title: 'M points per CPU-second', decimals: 3 },
  { key: 'ratio', title: 'ratio', decimals: 2 },
  { key: 'resident', title: 'RSS MiB', decimals: 0 },
  { key: 'p50', title: 'p50 ms' },
  { key: 'p99', title: 'p99 ms' },
]

/** The subjects one after the other, `rounds` times: what else the machine does falls on all of them. @returns by name, the rounds together */
export async function takeTurns(subjects: readonly Subject[], rounds: number): Promise<ReadonlyMap<string, Usage>> {
  const turns = new Map<string, Usage[]>(subjects.map(({ name }) => [name, []]))
  for (let round = 1; round <= rounds; round += 1)
    for (const { name, turn } of subjects) {
      const usage = await turn()
      const rate = millionsPerCpu(usage).toFixed(3)
      process.stderr.write(`${round} of ${rounds}: ${name}: ${rate} M points per CPU-second\n`)
      turns.get(name)?.push(usage)
    }
  return new Map([...turns].map(([name, usages]) => [name, together(usages)]))
}

/** CPU time and memory of processes while work goes on. */
export async function usageOf(
  pids: readonly number[],
  work: () => Promise<{ readonly points: number; readonly wallMs: number; readonly latenciesMs?: readonly number[] }>,
): Promise<Usage> {
  const before = total(pids, cpuSeconds)
  const { points, wallMs, latenciesMs = [] } = await work()
  const spent = total(pids, cpuSeconds) - before
  return { points, wallSeconds: wallMs / 1000, cpuSeconds: spent, residentMib: total(pids, memoryMib), latenciesMs }
}

export function millionsPerCpu({ points, cpuSeconds: used }: Usage): number {
  return points / used / 1e6
}

export function perSecond({ points, wallSeconds }: Usage): number {
  return points / wallSeconds
}

/** The ratio is that of points per CPU-second to the last one's. */
export function renderUsage(usages: ReadonlyMap<string, Usage>): string {
  const peer = usages.size > 1 ? [...usages.values()].at(-1) : undefined
  const rows = [...usages].map(([subject, usage]) => {
    const { points, wallSeconds, latenciesMs, residentMib } = usage
    const at = (share: number): string => (latenciesMs.length === 0 ? '–' : quantile(latenciesMs, share).toFixed(1))
    return {
      ...{ subject, points, wall: wallSeconds, perSecond: perSecond(usage), cpu: usage.cpuSeconds },
      ...{ perCpu: millionsPerCpu(usage), resident: residentMib, p50: at(0.5), p99: at(0.99) },
      ratio: peer === undefined || peer === usage ? '–' : (millionsPerCpu(usage) / millionsPerCpu(peer)).toFixed(2),
    }
  })
  return renderTable(COLUMNS, rows)
}

function together(turns: readonly Usage[]): Usage {
  const sum = (of: (usage: Usage) => number): number => turns.reduce((all, usage) => all + of(usage), 0)
  return {
    points: sum(({ points }) => points),
    wallSeconds: sum(({ wallSeconds }) => wallSeconds),
    cpuSeconds: sum((usage) => usage.cpuSeconds),
    residentMib: Math.max(...turns.map(({ residentMib }) => residentMib)),
    latenciesMs: turns.flatMap(({ latenciesMs }) => latenciesMs),
  }
}

function total(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((sum, pid) => sum + of(pid), 0)
}
