import { describe, expect, it } from '@jest/globals'
import { recordedHost } from '../fixtures/recorded-host.ts'
import { createDiskCollector, diskObservations, parseDiskstats } from './disk.ts'

describe('parseDiskstats', () => {
  it('lists whole disks, and a partition only where its disk is not listed', async () => {
    const disks = parseDiskstats(await recordedHost().proc('diskstats'))
    expect(disks.map(({ device }) => device)).toEqual(['sda', 'nvme0n1', 'xvda1', 'dm-0'])
    expect(disks[0]).toEqual({
      device: 'sda',
      read: { operations: 107540, bytes: 6213146 * 512, seconds: 93.054 },
      write: { operations: 23301, bytes: 9688032 * 512, seconds: 56.194 },
      busySeconds: 29.908,
    })
  })

  it('passes over lines that are cut short', () => {
    expect(parseDiskstats('8 0 sda 1 2 3\n\n')).toEqual([])
  })
})

describe('diskObservations', () => {
  it('gives bytes, operations and time of both directions, and the time with work', async () => {
    const observations = await createDiskCollector(recordedHost()).collect()
    const ofSda = observations.filter(({ attributes }) => attributes['system.device'] === 'sda')
    expect(ofSda.map(({ metric, attributes }) => `${metric.name} ${attributes['disk.io.direction'] ?? '-'}`)).toEqual([
      'system.disk.io_time -',
      'system.disk.io read',
      'system.disk.operations read',
      'system.disk.operation_time read',
      'system.disk.io write',
      'system.disk.operations write',
      'system.disk.operation_time write',
    ])
    expect(ofSda[4]?.value).toBe(9688032 * 512)
  })

  it('has nothing to say of a machine without disks', () => {
    expect(diskObservations([])).toEqual([])
  })
})
