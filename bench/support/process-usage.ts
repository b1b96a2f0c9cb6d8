import { readFileSync } from 'node:fs'

/** USER_HZ of Linux, in which /proc counts CPU time. */
const TICKS_PER_SECOND = 100

/** CPU seconds that a process has used so far, in user and system mode: fields 14 and 15 of proc(5) stat, counted after the name in brackets. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Resident memory of a process, in MiB. */
export function memoryMib(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}
