import { createContainerCollector } from './collectors/containers/collector.ts'
import { createCpuCollector } from './collectors/cpu.ts'
import { createDescriptorCollector } from './collectors/descriptors.ts'
import { createDiskCollector } from './collectors/disk.ts'
import { createFilesystemCollector } from './collectors/filesystem.ts'
import { createLoadCollector } from './collectors/load.ts'
import { createMemoryCollector } from './collectors/memory.ts'
import { createNetworkCollector } from './collectors/network.ts'
import { createProcessCollector } from './collectors/processes/collector.ts'
import type { Host } from './host.ts'
import type { Collector } from './observation.ts'

/** How many series processes and containers may make. */
export interface CollectorLimits {
  /** Processes by CPU time and as many by memory; 0 and no names: none. */
  readonly topProcesses: number
  readonly processNames: readonly string[]
  /** 0: none. */
  readonly maxContainers: number
}

/** What can be measured here: all of it on Linux, elsewhere what Node itself knows. */
export function collectorsOf(host: Host, limits: CollectorLimits): Collector[] {
  const everywhere = [
    createCpuCollector(host),
    createLoadCollector(host),
    createMemoryCollector(host),
    createFilesystemCollector(host),
  ]
  if (host.platform !== 'linux') return everywhere
  return [
    ...everywhere,
    createDiskCollector(host),
    createNetworkCollector(host),
    createDescriptorCollector(host),
    ...changing(host, limits),
  ]
}

function changing(
  host: Host,
  { topProcesses: top, processNames: names, maxContainers: max }: CollectorLimits,
): Collector[] {
  return [
    ...(top > 0 || names.length > 0 ? [createProcessCollector(host, { top, names })] : []),
    ...(max > 0 ? [createContainerCollector(host, { max })] : []),
  ]
}
