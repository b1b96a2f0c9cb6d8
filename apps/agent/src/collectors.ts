import { createCpuCollector } from './collectors/cpu.ts'
import { createDescriptorCollector } from './collectors/descriptors.ts'
import { createDiskCollector } from './collectors/disk.ts'
import { createFilesystemCollector } from './collectors/filesystem.ts'
import { createLoadCollector } from './collectors/load.ts'
import { createMemoryCollector } from './collectors/memory.ts'
import { createNetworkCollector } from './collectors/network.ts'
import type { Host } from './host.ts'
import type { Collector } from './observation.ts'

/** What can be measured here: all of it on Linux, elsewhere what Node itself knows. */
export function collectorsOf(host: Host): Collector[] {
  const everywhere = [
    createCpuCollector(host),
    createLoadCollector(host),
    createMemoryCollector(host),
    createFilesystemCollector(host),
  ]
  if (host.platform !== 'linux') return everywhere
  return [...everywhere, createDiskCollector(host), createNetworkCollector(host), createDescriptorCollector(host)]
}
