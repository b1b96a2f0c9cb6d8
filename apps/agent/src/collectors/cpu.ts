import type { Host } from '../host.ts'
import type { Collector, HostMetric, Observation } from '../observation.ts'

const TIME: HostMetric = {
  name: 'system.cpu.time',
  kind: 'counter',
  unit: 's',
  int: false,
  description: 'Seconds each logical CPU spent on each mode',
}
const UTILIZATION: HostMetric = {
  name: 'system.cpu.utilization',
  kind: 'gauge',
  unit: '1',
  int: false,
  description: 'Share of the time since the last reading that each logical CPU spent on each mode',
}
const COUNT: HostMetric = {
  name: 'system.cpu.logical.count',
  kind: 'up_down_counter',
  unit: '{cpu}',
  int: true,
  description: 'Logical processor cores that the operating system uses',
}

/** Seconds per mode of one logical CPU since boot. */
export interface CpuTimes {
  readonly cpu: number
  readonly seconds: Readonly<Record<string, number>>
}

/** USER_HZ: what /proc/stat counts in, 100 in the ABI of every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

/** The `cpuN` lines of /proc/stat. Guest time is part of user and nice already, so it is left out. */
export function parseProcStat(text: string): CpuTimes[] {
  const cpus: CpuTimes[] = []
  for (const line of text.split('\n')) {
    const match = /^cpu(\d+) (.*)$/.exec(line)
    if (match === null) continue
    const ticks = (match[2] ?? '').trim().split(/\s+/).map(Number)
    const at = (index: number): number => (ticks[index] ?? 0) / TICKS_PER_SECOND
    cpus.push({
      cpu: Number(match[1]),
      seconds: {
        user: at(0),
        nice: at(1),
        system: at(2),
        idle: at(3),
        iowait: at(4),
        interrupt: at(5) + at(6),
        steal: at(7),
      },
    })
  }
  return cpus
}

/** What every platform's Node knows: no iowait, no steal. */
export function portableCpuTimes(host: Host): CpuTimes[] {
  return host.cpus().map(({ times }, cpu) => ({
    cpu,
    seconds: {
      user: times.user / 1000,
      nice: times.nice / 1000,
      system: times.sys / 1000,
      idle: times.idle / 1000,
      interrupt: times.irq / 1000,
    },
  }))
}

/** `before` is the last reading; without it there is no interval, hence no utilization. */
export function cpuObservations(now: readonly CpuTimes[], before: readonly CpuTimes[] | undefined): Observation[] {
  const out: Observation[] = [{ metric: COUNT, value: now.length, attributes: {} }]
  const earlier = new Map(before?.map((times) => [times.cpu, times.seconds]))
  for (const { cpu, seconds } of now) {
    const last = earlier.get(cpu)
    const shares = last === undefined ? undefined : sharesOf(seconds, last)
    for (const [mode, value] of Object.entries(seconds)) {
      const attributes = { 'cpu.mode': mode, 'cpu.logical_number': cpu }
      out.push({ metric: TIME, value, attributes })
      const share = shares?.[mode]
      if (share !== undefined) out.push({ metric: UTILIZATION, value: share, attributes })
    }
  }
  return out
}

/**
 * Shares of the time counted in all modes rather than of the wall clock: both are the same on an idle host, but this
 * one is never above 1. Some counters step back a tick (iowait does), so negative differences count as none.
 */
function sharesOf(now: CpuTimes['seconds'], before: CpuTimes['seconds']): Record<string, number> | undefined {
  const spent = Object.entries(now).map(([mode, value]) => [mode, Math.max(0, value - (before[mode] ?? 0))] as const)
  const total = spent.reduce((sum, [, value]) => sum + value, 0)
  return total === 0 ? undefined : Object.fromEntries(spent.map(([mode, value]) => [mode, value / total]))
}

export function createCpuCollector(host: Host): Collector {
  let before: readonly CpuTimes[] | undefined
  return {
    name: 'cpu',
    metrics: [TIME, UTILIZATION, COUNT],
    async collect() {
      const now = host.platform === 'linux' ? parseProcStat(await host.proc('stat')) : portableCpuTimes(host)
      const out = cpuObservations(now, before)
      before = now
      return out
    },
  }
}
