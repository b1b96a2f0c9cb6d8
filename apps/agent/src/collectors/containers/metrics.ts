import type { HostMetric, Observation } from '../../observation.ts'
import { parseFlatKeyed, parseIoStat, parseSingle } from './files.ts'

const metric = (name: string, kind: HostMetric['kind'], unit: string, description: string): HostMetric => ({
  ...{ name, kind, unit, description },
  int: unit !== 's' && unit !== '{cpu}',
})

/** Those that the conventions do not have follow their pattern, or the Collector's docker_stats receiver. */
export const METRICS = {
  cpuTime: metric('container.cpu.time', 'counter', 's', 'CPU seconds by mode'),
  cpuUsage: metric('container.cpu.usage', 'gauge', '{cpu}', 'CPUs in use since the last reading'),
  throttledTime: metric('container.cpu.throttled.time', 'counter', 's', 'Time that the CPU limit made it wait'),
  throttledPeriods: metric('container.cpu.throttled.periods', 'counter', '{period}', 'Periods in which it waited'),
  memory: metric('container.memory.usage', 'up_down_counter', 'By', 'Memory, page cache included'),
  workingSet: metric('container.memory.working_set', 'up_down_counter', 'By', 'Memory without inactive page cache'),
  rss: metric('container.memory.rss', 'up_down_counter', 'By', 'Anonymous memory'),
  available: metric('container.memory.available', 'up_down_counter', 'By', 'What the limit leaves of the working set'),
  limit: metric('container.memory.limit', 'up_down_counter', 'By', 'Memory limit, where there is one'),
  oomKills: metric('container.memory.oom_kills', 'counter', '{kill}', 'Processes that its memory limit killed'),
  faults: metric('container.paging.faults', 'counter', '{fault}', 'Page faults by whether storage was read'),
  io: metric('container.disk.io', 'counter', 'By', 'Bytes from and to storage by device'),
  pids: metric('container.pids.count', 'up_down_counter', '{process}', 'Processes and threads'),
} as const

/** The files that are read of each container; one that is not there is undefined. */
export const FILES = [
  'cpu.stat',
  'memory.current',
  'memory.max',
  'memory.stat',
  'memory.events',
  'io.stat',
  'pids.current',
] as const
export type FileTexts = Readonly<Record<(typeof FILES)[number], string | undefined>>

const MICROS = 1e6

/** Without the attributes that say whose they are. */
export function observationsOf(texts: FileTexts, cpusInUse: number | undefined): Observation[] {
  const out: Observation[] = []
  const add = (to: HostMetric, value: number | undefined, attributes: Observation['attributes'] = {}): void => {
    if (value !== undefined) out.push({ metric: to, value, attributes })
  }
  const cpu = parseFlatKeyed(texts['cpu.stat'] ?? '')
  const seconds = (key: string): number | undefined => scaled(cpu.get(key), 1 / MICROS)
  add(METRICS.cpuTime, seconds('user_usec'), { 'cpu.mode': 'user' })
  add(METRICS.cpuTime, seconds('system_usec'), { 'cpu.mode': 'system' })
  add(METRICS.cpuUsage, cpusInUse)
  add(METRICS.throttledTime, seconds('throttled_usec'))
  add(METRICS.throttledPeriods, cpu.get('nr_throttled'))
  memory(texts, add)
  add(METRICS.oomKills, parseFlatKeyed(texts['memory.events'] ?? '').get('oom_kill'))
  for (const { device, readBytes, writtenBytes } of parseIoStat(texts['io.stat'] ?? '')) {
    add(METRICS.io, readBytes, { 'system.device': device, 'disk.io.direction': 'read' })
    add(METRICS.io, writtenBytes, { 'system.device': device, 'disk.io.direction': 'write' })
  }
  add(METRICS.pids, parseSingle(texts['pids.current'] ?? ''))
  return out
}

/** CPU seconds so far; undefined when the group does not count them. */
export function cpuSecondsOf(texts: FileTexts): number | undefined {
  return scaled(parseFlatKeyed(texts['cpu.stat'] ?? '').get('usage_usec'), 1 / MICROS)
}

function memory(
  texts: FileTexts,
  add: (to: HostMetric, value: number | undefined, attributes?: Observation['attributes']) => void,
): void {
  const stat = parseFlatKeyed(texts['memory.stat'] ?? '')
  const current = parseSingle(texts['memory.current'] ?? '')
  const limit = parseSingle(texts['memory.max'] ?? '')
  const inactive = stat.get('inactive_file')
  const workingSet = current === undefined || inactive === undefined ? undefined : Math.max(0, current - inactive)
  add(METRICS.memory, current)
  add(METRICS.workingSet, workingSet)
  add(METRICS.rss, stat.get('anon'))
  add(METRICS.limit, limit)
  if (limit !== undefined && workingSet !== undefined) add(METRICS.available, Math.max(0, limit - workingSet))
  const faults = stat.get('pgfault')
  const major = stat.get('pgmajfault')
  if (faults === undefined || major === undefined) return
  add(METRICS.faults, Math.max(0, faults - major), { 'system.paging.fault.type': 'minor' })
  add(METRICS.faults, major, { 'system.paging.fault.type': 'major' })
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor
}
