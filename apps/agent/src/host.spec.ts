import { describe, expect, it } from '@jest/globals'
import { CGROUP_V2, machineTree } from './fixtures/machine-tree.ts'
import { bootTimeMs, thisHost } from './host.ts'

describe('thisHost', () => {
  it('finds the machine below a root, its mounts and networks at process 1 there', async () => {
    const root = machineTree({
      ...CGROUP_V2,
      'sys/fs/cgroup/system.slice/cpu.stat': 'usage_usec 1\n',
      'proc/meminfo': 'm',
      'proc/1/mounts': 'of the machine',
      'proc/1/net/dev': 'eth0',
      'proc/77/stat': '',
    })
    const host = thisHost(root)
    expect(await host.proc('meminfo')).toBe('m')
    expect(await host.proc('self/mounts')).toBe('of the machine')
    expect(await host.proc('net/dev')).toBe('eth0')
    expect(await host.procEntries('')).toEqual(['1', '77', 'meminfo'])
    expect(await host.cgroupChildren('')).toEqual(['system.slice'])
    expect(await host.cgroup('system.slice/cpu.stat')).toBe('usage_usec 1\n')
    expect((await host.statfs('/')).blocks).toBeGreaterThan(0)
  })
})

describe('bootTimeMs', () => {
  it('is a whole second', () => {
    expect(bootTimeMs({ ...thisHost(), uptimeSeconds: () => 10.4 }, 100_123)).toBe(90_000)
  })
})
