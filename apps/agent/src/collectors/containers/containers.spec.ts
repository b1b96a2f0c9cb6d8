import { describe, expect, it } from '@jest/globals'
import { CGROUP_V2, CONTAINER_ID, groupFiles, machine, POD_UID } from '../../fixtures/machine-tree.ts'
import type { Host } from '../../host.ts'
import type { Observation } from '../../observation.ts'
import { createContainerCollector } from './collector.ts'
import { containerOf } from './container-path.ts'
import { parseFlatKeyed, parseIoStat, parseSingle } from './files.ts'

const other = 'f'.repeat(64)
const uidBySystemd = POD_UID.replaceAll('-', '_')
const failing = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }))

function valuesOf(observations: readonly Observation[], id = CONTAINER_ID): Record<string, number> {
  const own = observations.filter(({ attributes }) => attributes['container.id'] === id)
  return Object.fromEntries(
    own.map(({ metric, attributes, value }) => {
      const rest = Object.entries(attributes).filter(([key]) => /mode|type|direction|device/.test(key))
      return [[metric.name, ...rest.map(([, each]) => each)].join(' '), value]
    }),
  )
}

describe('containerOf', () => {
  it.each([
    [`system.slice/docker-${CONTAINER_ID}.scope`, 'docker', undefined],
    [`docker/${CONTAINER_ID}`, 'docker', undefined],
    [`machine.slice/libpod-${CONTAINER_ID}.scope/container`, 'podman', undefined],
    [
      `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uidBySystemd}.slice/crio-${CONTAINER_ID}.scope`,
      'cri-o',
      POD_UID,
    ],
    [`kubepods.slice/kubepods-pod${uidBySystemd}.slice/cri-containerd-${CONTAINER_ID}.scope`, 'containerd', POD_UID],
    [`kubepods/besteffort/pod${POD_UID}/${CONTAINER_ID}`, undefined, POD_UID],
    [`kubepods/burstable/pod${'a1'.repeat(16)}/${CONTAINER_ID}`, undefined, 'a1'.repeat(16)],
  ])('knows %s', (path, runtime, pod) => {
    expect(containerOf(path)).toEqual({
      id: CONTAINER_ID,
      attributes: {
        'container.id': CONTAINER_ID,
        ...(runtime === undefined ? {} : { 'container.runtime.name': runtime }),
        ...(pod === undefined ? {} : { 'k8s.pod.uid': pod }),
      },
    })
  })

  it.each([
    '',
    '/',
    'user.slice/session-1.scope',
    `crio-conmon-${CONTAINER_ID}.scope`,
    `kubepods/pod${POD_UID}`,
    'docker-abc.scope',
  ])('knows no container in %j', (path) => {
    expect(containerOf(path)).toBeUndefined()
  })
})

describe('files of a group', () => {
  it('are read as the kernel writes them', () => {
    expect([...parseFlatKeyed('a 1\nb x\nc 3\n')]).toEqual([
      ['a', 1],
      ['c', 3],
    ])
    expect([parseSingle('12\n'), parseSingle('max\n'), parseSingle('')]).toEqual([12, undefined, undefined])
    expect(parseIoStat('8:0 rbytes=1 wbytes=2 rios=3\n253:1 dbytes=4\nnonsense\n')).toEqual([
      { device: '8:0', readBytes: 1, writtenBytes: 2 },
      { device: '253:1', readBytes: 0, writtenBytes: 0 },
    ])
  })
})

describe('the container collector', () => {
  const docker = `system.slice/docker-${CONTAINER_ID}.scope`
  const pod = `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uidBySystemd}.slice/cri-containerd-${other}.scope`

  it('measures every container, wherever its group is', async () => {
    const host = machine({ ...CGROUP_V2, ...groupFiles(docker), ...groupFiles(pod), ...groupFiles('user.slice') })
    const observations = await createContainerCollector(host, { max: 10 }).collect()
    expect(valuesOf(observations)).toEqual({
      'container.cpu.time user': 2,
      'container.cpu.time system': 1,
      'container.cpu.throttled.time': 0.5,
      'container.cpu.throttled.periods': 2,
      'container.memory.usage': 1_000_000,
      'container.memory.working_set': 900_000,
      'container.memory.rss': 400_000,
      'container.memory.limit': 2_000_000,
      'container.memory.available': 1_100_000,
      'container.memory.oom_kills': 1,
      'container.paging.faults minor': 45,
      'container.paging.faults major': 5,
      'container.disk.io 8:0 read': 4096,
      'container.disk.io 8:0 write': 8192,
      'container.disk.io 8:16 read': 0,
      'container.disk.io 8:16 write': 0,
      'container.pids.count': 12,
    })
    const kubernetes = observations.find(({ attributes }) => attributes['container.id'] === other)
    expect(kubernetes?.attributes).toMatchObject({ 'k8s.pod.uid': POD_UID, 'container.runtime.name': 'containerd' })
    expect(new Set(observations.map(({ attributes }) => attributes['container.id'])).size).toBe(2)
  })

  it('says how many CPUs were in use since the last reading', async () => {
    let [atMs, usage] = [1000, 3_000_000]
    const host = machine({ ...CGROUP_V2, ...groupFiles(docker) })
    const moving: Host = {
      ...host,
      cgroup: (path) => (path.endsWith('cpu.stat') ? Promise.resolve(`usage_usec ${usage}\n`) : host.cgroup(path)),
    }
    const collector = createContainerCollector(moving, { max: 1, now: () => atMs })
    expect(valuesOf(await collector.collect())).not.toHaveProperty(['container.cpu.usage'])
    ;[atMs, usage] = [3000, 6_000_000]
    expect(valuesOf(await collector.collect())).toMatchObject({ 'container.cpu.usage': 1.5 })
  })

  it('leaves out what a group has no file for, or no limit', async () => {
    const bare = { [`sys/fs/cgroup/${docker}/memory.max`]: 'max\n', [`sys/fs/cgroup/${docker}/memory.current`]: '5\n' }
    const observations = await createContainerCollector(machine({ ...CGROUP_V2, ...bare }), { max: 1 }).collect()
    expect(valuesOf(observations)).toEqual({ 'container.memory.usage': 5 })
  })

  it('finds nothing where there is no cgroup v2, or where groups are closed to us', async () => {
    const without = machine(groupFiles(docker))
    expect(await createContainerCollector(without, { max: 9 }).collect()).toEqual([])
    const closed = machine({ ...CGROUP_V2, ...groupFiles(docker) }, { cgroupChildren: () => failing('EACCES') })
    expect(await createContainerCollector(closed, { max: 9 }).collect()).toEqual([])
  })

  it('goes on when a container ends while it is read', async () => {
    const host = machine({ ...CGROUP_V2, ...groupFiles(docker), ...groupFiles(pod) })
    const ending: Host = { ...host, cgroup: (path) => (path.includes(other) ? failing('ENODEV') : host.cgroup(path)) }
    const observations = await createContainerCollector(ending, { max: 9 }).collect()
    expect(Object.keys(valuesOf(observations, other))).toEqual([])
    expect(Object.keys(valuesOf(observations))).not.toEqual([])
  })

  it('makes series of a bounded number, and walks a bounded number of groups', async () => {
    const host = machine({ ...CGROUP_V2, ...groupFiles(docker), ...groupFiles(pod) })
    const observations = await createContainerCollector(host, { max: 1 }).collect()
    expect(new Set(observations.map(({ attributes }) => attributes['container.id']))).toEqual(new Set([CONTAINER_ID]))
    let asked = 0
    const endless = machine(CGROUP_V2, {
      cgroupChildren: () => {
        asked += 1
        return Promise.resolve(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
      },
    })
    expect(await createContainerCollector(endless, { max: 9 }).collect()).toEqual([])
    expect(asked).toBeLessThan(1000)
  })
})
