import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process id alone is reused by the system; together with the start time it names one process. */
export interface ProcessIdentity {
  pid: number
  startedAt: string
}

/** Start time from Linux' /proc/PID/stat; the name in parentheses may itself hold spaces and parentheses. */
export function startTimeFromStat(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // State Z is a zombie: it has ended and only waits for its parent.
  return fields[0] === 'Z' ? undefined : fields[19]
}

function startedAt(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
    }
    const ticks = startTimeFromStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return ticks === undefined ? undefined : `${boot}/${ticks}`
  } catch {
    return undefined // no such process
  }
}

/** Undefined when no such process lives. */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = startedAt(pid)
  return started === undefined ? undefined : { pid, startedAt: started }
}

export function isAlive(process: ProcessIdentity): boolean {
  return startedAt(process.pid) === process.startedAt
}

/** Signals exactly this process; a process that took over its id later is never touched. */
export function signal(target: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(target)) return
  try {
    process.kill(target.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
