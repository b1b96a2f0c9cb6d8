import type { ProcessStat } from './files.ts'

export interface Choice {
  /** So many by CPU time since the last reading, and so many by memory. */
  readonly top: number
  /** Names that are always taken, `*` standing for anything; bounded by MAX_NAMED. */
  readonly names: readonly string[]
}

/** Processes that names may add: a pattern that fits everything must not make a series of every process. */
export const MAX_NAMED = 200

/** CPU seconds of the last reading, by processKey. */
export type CpuSeconds = ReadonlyMap<string, number>

/** A process id is given again to others: with its start it is one process. */
export function processKey({ pid, startSeconds }: ProcessStat): string {
  return `${pid}@${startSeconds}`
}

export function cpuSecondsOf({ userSeconds, systemSeconds }: ProcessStat): number {
  return userSeconds + systemSeconds
}

/** The processes worth a series each, by id: those of the names, and the greatest. */
export function choose(processes: readonly ProcessStat[], before: CpuSeconds, { top, names }: Choice): ProcessStat[] {
  const used = (stat: ProcessStat): number => cpuSecondsOf(stat) - (before.get(processKey(stat)) ?? 0)
  const greatest = (by: (stat: ProcessStat) => number): ProcessStat[] =>
    [...processes].sort((a, b) => by(b) - by(a) || a.pid - b.pid).slice(0, top)
  const matches = names.map(patternOf)
  const named = processes.filter(({ name }) => matches.some((pattern) => pattern.test(name))).slice(0, MAX_NAMED)
  const chosen = new Set([...named, ...greatest(used), ...greatest(({ residentPages }) => residentPages)])
  return [...chosen].sort((a, b) => a.pid - b.pid)
}

function patternOf(name: string): RegExp {
  const parts = name.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}
