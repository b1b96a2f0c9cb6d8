import type { Host } from '../host.ts'
import type { Collector, HostMetric, Observation } from '../observation.ts'

const counter = (name: string, unit: string, int: boolean, description: string): HostMetric => ({
  name,
  kind: 'counter',
  unit,
  int,
  description,
})
const IO = counter('system.disk.io', 'By', true, 'Bytes read from and written to the disk')
const OPERATIONS = counter('system.disk.operations', '{operation}', true, 'Reads and writes that the disk completed')
const OPERATION_TIME = counter('system.disk.operation_time', 's', false, 'Sum of the time each operation took')
const IO_TIME = counter('system.disk.io_time', 's', false, 'Time in which the disk had work')

export interface DiskCounters {
  readonly device: string
  readonly read: DirectionCounters
  readonly write: DirectionCounters
  readonly busySeconds: number
}

export interface DirectionCounters {
  readonly bytes: number
  readonly operations: number
  readonly seconds: number
}

/** /proc/diskstats counts in sectors of 512 bytes, whatever the disk's own are. */
const SECTOR_BYTES = 512
/** Loop and RAM devices hold what some other device or the memory counts already. */
const VIRTUAL = /^(?:loop|ram|zram|fd|sr)\d/
/** sda1, nvme0n1p2, mmcblk0p1: their disk counts them. */
const PARTITION = /^(?:(?:s|v|h|xv)d[a-z]+\d+|(?:nvme\d+n\d+|mmcblk\d+|md\d+)p\d+)$/

export function parseDiskstats(text: string): DiskCounters[] {
  const disks: DiskCounters[] = []
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/)
    const device = fields[2]
    if (device === undefined || fields.length < 14 || VIRTUAL.test(device)) continue
    const at = (index: number): number => Number(fields[index])
    disks.push({
      device,
      read: { operations: at(3), bytes: at(5) * SECTOR_BYTES, seconds: at(6) / 1000 },
      write: { operations: at(7), bytes: at(9) * SECTOR_BYTES, seconds: at(10) / 1000 },
      busySeconds: at(12) / 1000,
    })
  }
  return withoutPartitions(disks)
}

/** A partition counts only where its disk is not listed (as in some virtual machines). */
function withoutPartitions(disks: readonly DiskCounters[]): DiskCounters[] {
  const names = disks.map((disk) => disk.device)
  const listed = (device: string): boolean => names.some((name) => name !== device && device.startsWith(name))
  return disks.filter(({ device }) => !(PARTITION.test(device) && listed(device)))
}

export function diskObservations(disks: readonly DiskCounters[]): Observation[] {
  return disks.flatMap((disk) => [
    { metric: IO_TIME, value: disk.busySeconds, attributes: { 'system.device': disk.device } },
    ...directionObservations(disk.device, 'read', disk.read),
    ...directionObservations(disk.device, 'write', disk.write),
  ])
}

function directionObservations(device: string, direction: string, counters: DirectionCounters): Observation[] {
  const attributes = { 'system.device': device, 'disk.io.direction': direction }
  return [
    { metric: IO, value: counters.bytes, attributes },
    { metric: OPERATIONS, value: counters.operations, attributes },
    { metric: OPERATION_TIME, value: counters.seconds, attributes },
  ]
}

export function createDiskCollector(host: Host): Collector {
  return {
    name: 'disk',
    metrics: [IO, OPERATIONS, OPERATION_TIME, IO_TIME],
    collect: async () => diskObservations(parseDiskstats(await host.proc('diskstats'))),
  }
}
