import type { Host } from '../host.ts'
import type { Collector, HostMetric, Observation } from '../observation.ts'

const upDown = (name: string, description: string): HostMetric => ({
  name,
  kind: 'up_down_counter',
  unit: '{file_descriptor}',
  int: true,
  description,
})
const OWN = upDown('process.unix.file_descriptor.count', 'File descriptors that the agent itself has open')
// The conventions count descriptors per process only; these two follow their pattern for the whole system.
const OPEN = upDown('system.file_descriptor.count', 'File descriptors that all processes have open')
const LIMIT = upDown('system.file_descriptor.limit', 'File descriptors that the kernel allows over all processes')

export interface FileTable {
  readonly open: number
  /** Absent when the kernel has none. */
  readonly limit: number | undefined
}

/** /proc/sys/fs/file-nr: allocated, free among them (0 since Linux 2.6), and the limit, which is 2^63-1 where there is none. */
export function parseFileNr(text: string): FileTable {
  const [allocated = 0, free = 0, limit = 0] = text.trim().split(/\s+/).map(Number)
  return { open: allocated - free, limit: Number.isSafeInteger(limit) ? limit : undefined }
}

export function descriptorObservations(table: FileTable, own: number): Observation[] {
  const out: Observation[] = [
    { metric: OWN, value: own, attributes: {} },
    { metric: OPEN, value: table.open, attributes: {} },
  ]
  if (table.limit !== undefined) out.push({ metric: LIMIT, value: table.limit, attributes: {} })
  return out
}

export function createDescriptorCollector(host: Host): Collector {
  return {
    name: 'descriptors',
    metrics: [OWN, OPEN, LIMIT],
    async collect() {
      const [table, own] = await Promise.all([host.proc('sys/fs/file-nr'), host.procEntries('self/fd')])
      // Listing the directory opens one itself.
      return descriptorObservations(parseFileNr(table), own.length - 1)
    },
  }
}
