import { describe, expect, it } from '@jest/globals'
import { recordedHost } from '../fixtures/recorded-host.ts'
import { createFilesystemCollector, filesystemObservations, parseMounts } from './filesystem.ts'

const mount = { device: '/dev/vda', mountpoint: '/', type: 'ext4', mode: 'rw' } as const

describe('parseMounts', () => {
  it('keeps real local file systems, each device once, and what is on top of a mount point', async () => {
    expect(parseMounts(await recordedHost().proc('self/mounts'))).toEqual([
      mount,
      { device: '/dev/vdb1', mountpoint: '/mnt/my disk', type: 'xfs', mode: 'ro' },
      { device: 'tank/data', mountpoint: '/tank', type: 'zfs', mode: 'rw' },
    ])
  })
})

describe('filesystemObservations', () => {
  it('gives states that add up to the size, and the used fraction as df shows it', () => {
    const observations = filesystemObservations(mount, { bsize: 10, blocks: 100, bfree: 40, bavail: 20 })
    expect(observations.map(({ attributes, value }) => [attributes['system.filesystem.state'], value])).toEqual([
      ['used', 600],
      ['free', 200],
      ['reserved', 200],
      [undefined, 0.75],
    ])
  })

  it('leaves out what has no size', () => {
    expect(filesystemObservations(mount, { bsize: 10, blocks: 0, bfree: 0, bavail: 0 })).toEqual([])
  })
})

describe('createFilesystemCollector', () => {
  it('goes on when one mount may not be entered', async () => {
    const host = recordedHost({
      statfs: (mountpoint) =>
        mountpoint === '/tank'
          ? Promise.reject(new Error('EACCES'))
          : Promise.resolve({ bsize: 1, blocks: 10, bfree: 5, bavail: 5 }),
    })
    const observations = await createFilesystemCollector(host).collect()
    expect(new Set(observations.map(({ attributes }) => attributes['system.filesystem.mountpoint']))).toEqual(
      new Set(['/', '/mnt/my disk']),
    )
  })

  it('reads the root where there is no list of mounts', async () => {
    const observations = await createFilesystemCollector(recordedHost({ platform: 'darwin' })).collect()
    expect(new Set(observations.map(({ attributes }) => attributes['system.filesystem.mountpoint']))).toEqual(
      new Set(['/']),
    )
  })
})
