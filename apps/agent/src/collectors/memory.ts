import type { Host } from '../host.ts'
import type { Collector, HostMetric, Observation } from '../observation.ts'

const USAGE: HostMetric = {
  name: 'system.memory.usage',
  kind: 'up_down_counter',
  unit: 'By',
  int: true,
  description: 'Memory by state; used and available add up to the limit',
}
const UTILIZATION: HostMetric = {
  name: 'system.memory.utilization',
  kind: 'gauge',
  unit: '1',
  int: false,
  description: 'Fraction of memory by state',
}
const LIMIT: HostMetric = {
  name: 'system.memory.limit',
  kind: 'up_down_counter',
  unit: 'By',
  int: true,
  description: 'Memory that the system has',
}
const PAGING: HostMetric = {
  name: 'system.paging.usage',
  kind: 'up_down_counter',
  unit: 'By',
  int: true,
  description: 'Swap by state',
}

export interface Memory {
  readonly totalBytes: number
  readonly availableBytes: number
  /** Absent where the platform does not say; 0 total when there is no swap. */
  readonly swap?: { readonly totalBytes: number; readonly freeBytes: number }
}

/** /proc/meminfo, in kB there. MemAvailable is missing before Linux 3.14 and in some containers: free, buffers and cache stand in. */
export function parseMeminfo(text: string): Memory {
  const bytes = new Map<string, number>()
  for (const match of text.matchAll(/^(\S+):\s+(\d+) kB$/gm)) bytes.set(match[1] ?? '', Number(match[2]) * 1024)
  const of = (name: string): number => bytes.get(name) ?? 0
  return {
    totalBytes: of('MemTotal'),
    availableBytes: bytes.get('MemAvailable') ?? of('MemFree') + of('Buffers') + of('Cached'),
    swap: { totalBytes: of('SwapTotal'), freeBytes: of('SwapFree') },
  }
}

export function memoryObservations({ totalBytes, availableBytes, swap }: Memory): Observation[] {
  const out: Observation[] = [{ metric: LIMIT, value: totalBytes, attributes: {} }]
  for (const [state, value] of [
    ['used', totalBytes - availableBytes],
    ['available', availableBytes],
  ] as const) {
    const attributes = { 'system.memory.state': state }
    out.push({ metric: USAGE, value, attributes })
    if (totalBytes > 0) out.push({ metric: UTILIZATION, value: value / totalBytes, attributes })
  }
  if (swap === undefined || swap.totalBytes === 0) return out
  const used = swap.totalBytes - swap.freeBytes
  out.push({ metric: PAGING, value: used, attributes: { 'system.paging.state': 'used' } })
  out.push({ metric: PAGING, value: swap.freeBytes, attributes: { 'system.paging.state': 'free' } })
  return out
}

export function createMemoryCollector(host: Host): Collector {
  return {
    name: 'memory',
    metrics: [USAGE, UTILIZATION, LIMIT, PAGING],
    async collect() {
      if (host.platform === 'linux') return memoryObservations(parseMeminfo(await host.proc('meminfo')))
      return memoryObservations({ totalBytes: host.totalmem(), availableBytes: host.freemem() })
    },
  }
}
