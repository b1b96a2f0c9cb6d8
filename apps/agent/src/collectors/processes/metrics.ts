import type { HostMetric, Observation } from '../../observation.ts'
import type { ProcessIo, ProcessStat, ProcessStatus } from './files.ts'

const metric = (
  name: string,
  kind: HostMetric['kind'],
  { unit, int, description }: Pick<HostMetric, 'unit' | 'int' | 'description'>,
): HostMetric => ({ name, kind, unit, int, description })
const bytes = { unit: 'By', int: true }

export const METRICS = {
  cpuTime: metric('process.cpu.time', 'counter', { unit: 's', int: false, description: 'CPU seconds by mode' }),
  cpuUtilization: metric('process.cpu.utilization', 'gauge', {
    ...{ unit: '1', int: false },
    description: 'Share of the time of all CPUs since the last reading',
  }),
  memory: metric('process.memory.usage', 'up_down_counter', { ...bytes, description: 'Memory in RAM' }),
  virtual: metric('process.memory.virtual', 'up_down_counter', { ...bytes, description: 'Address space' }),
  threads: metric('process.thread.count', 'up_down_counter', { unit: '{thread}', int: true, description: 'Threads' }),
  faults: metric('process.paging.faults', 'counter', {
    ...{ unit: '{fault}', int: true },
    description: 'Page faults by whether storage was read',
  }),
  io: metric('process.disk.io', 'counter', { ...bytes, description: 'Bytes from and to storage' }),
  switches: metric('process.context_switches', 'counter', {
    ...{ unit: '{context_switch}', int: true },
    description: 'Context switches by who wanted them',
  }),
  uptime: metric('process.uptime', 'gauge', { unit: 's', int: false, description: 'Since it began' }),
} as const

export interface ProcessDetails {
  /** Undefined where they could not be read. */
  readonly status: ProcessStatus | undefined
  readonly io: ProcessIo | undefined
  readonly share: number | undefined
  readonly upSeconds: number
}

/** Without the attributes that say whose they are. */
export function observationsOf(stat: ProcessStat, { status, io, share, upSeconds }: ProcessDetails): Observation[] {
  const out: Observation[] = []
  const add = (to: HostMetric, value: number | undefined, attributes: Observation['attributes'] = {}): void => {
    if (value !== undefined) out.push({ metric: to, value, attributes })
  }
  add(METRICS.cpuTime, stat.userSeconds, { 'cpu.mode': 'user' })
  add(METRICS.cpuTime, stat.systemSeconds, { 'cpu.mode': 'system' })
  add(METRICS.cpuUtilization, share)
  add(METRICS.memory, status?.residentBytes)
  add(METRICS.virtual, status?.virtualBytes)
  add(METRICS.threads, stat.threads)
  add(METRICS.faults, stat.minorFaults, { 'system.paging.fault.type': 'minor' })
  add(METRICS.faults, stat.majorFaults, { 'system.paging.fault.type': 'major' })
  add(METRICS.io, io?.readBytes, { 'disk.io.direction': 'read' })
  add(METRICS.io, io?.writtenBytes, { 'disk.io.direction': 'write' })
  add(METRICS.switches, status?.voluntarySwitches, { 'process.context_switch.type': 'voluntary' })
  add(METRICS.switches, status?.involuntarySwitches, { 'process.context_switch.type': 'involuntary' })
  add(METRICS.uptime, upSeconds)
  return out
}
