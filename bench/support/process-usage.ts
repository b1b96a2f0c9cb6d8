import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ of Linux, in which /proc counts CPU time. */
const TICKS_PER_SECOND = 100

/** CPU seconds that a process and those that it started have used so far. */
export function cpuSeconds(pid: number): number {
  return sumOf(pid, cpuSecondsOfOne)
}

/** Resident memory of a process and those that it started, in MiB. */
export function memoryMib(pid: number): number {
  return sumOf(pid, memoryMibOfOne)
}

/** In user and system mode: fields 14 and 15 of proc(5) stat, counted after the name in brackets. */
function cpuSecondsOfOne(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function memoryMibOfOne(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}

function sumOf(pid: number, of: (pid: number) => number): number {
  return childrenOf(pid).reduce((sum, child) => sum + sumOf(child, of), of(pid))
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}
