import { describe, expect, it } from '@jest/globals'
import { CONTAINER_ID, machine, POD_UID, processFiles } from '../../fixtures/machine-tree.ts'
import type { Host } from '../../host.ts'
import type { Observation } from '../../observation.ts'
import { createProcessCollector } from './collector.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const failing = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }))

function valuesOf(observations: readonly Observation[], pid: number): Record<string, number> {
  const own = observations.filter(({ attributes }) => attributes['process.pid'] === pid)
  return Object.fromEntries(
    own.map(({ metric, attributes, value }) => {
      const rest = Object.entries(attributes).filter(([key]) => /mode|type|direction/.test(key))
      return [[metric.name, ...rest.map(([, each]) => each)].join(' '), value]
    }),
  )
}

const collect = (host: Host, top = 10): Promise<readonly Observation[]> =>
  createProcessCollector(host, { top, names: [] }, () => NOW).collect()

describe('the process collector', () => {
  it('measures each process under its id and name, since its own start', async () => {
    const observations = await collect(machine({ ...processFiles(42), 'proc/self/x': '', 'proc/meminfo': '' }))
    expect(valuesOf(observations, 42)).toEqual({
      'process.cpu.time user': 1,
      'process.cpu.time system': 0.5,
      'process.memory.usage': 200 * 1024,
      'process.memory.virtual': 1024 * 1024,
      'process.thread.count': 11,
      'process.paging.faults minor': 700,
      'process.paging.faults major': 3,
      'process.disk.io read': 4096,
      'process.disk.io write': 8192,
      'process.context_switches voluntary': 9,
      'process.context_switches involuntary': 4,
      'process.uptime': 950,
    })
    expect(new Set(observations.map(({ startMs }) => startMs))).toEqual(new Set([NOW - 950_000]))
    expect(observations[0]?.attributes).toMatchObject({ 'process.executable.name': 'node' })
  })

  it('names the container and pod that a process is in', async () => {
    const cgroup = `/kubepods.slice/kubepods-pod${POD_UID.replaceAll('-', '_')}.slice/cri-containerd-${CONTAINER_ID}.scope/sub`
    const [first] = await collect(machine(processFiles(7, { cgroup })))
    expect(first?.attributes).toMatchObject({
      'container.id': CONTAINER_ID,
      'container.runtime.name': 'containerd',
      'k8s.pod.uid': POD_UID,
    })
  })

  it('says how much of all CPUs a process used since the last reading', async () => {
    let [atMs, ticks] = [NOW, 100]
    const host = machine(processFiles(7), {
      proc: (path) =>
        Promise.resolve(path.endsWith('/stat') ? (processFiles(7, { userTicks: ticks })['proc/7/stat'] ?? '') : ''),
    })
    const collector = createProcessCollector(host, { top: 1, names: [] }, () => atMs)
    expect(valuesOf(await collector.collect(), 7)).not.toHaveProperty(['process.cpu.utilization'])
    ;[atMs, ticks] = [NOW + 10_000, 600]
    // 5 s of CPU time in 10 s on two CPUs.
    expect(valuesOf(await collector.collect(), 7)).toMatchObject({ 'process.cpu.utilization': 0.25 })
  })

  it('leaves out what is not ours to see, and processes that end while they are read', async () => {
    const files = { ...processFiles(1), ...processFiles(2), ...processFiles(3) }
    const host = machine(files)
    const shy: Host = {
      ...host,
      proc(path) {
        if (path === '1/io') return failing('EACCES')
        if (path.startsWith('2/')) return failing('ESRCH')
        return path === '3/status' ? failing('ENOENT') : host.proc(path)
      },
    }
    const observations = await collect(shy)
    expect(Object.keys(valuesOf(observations, 1))).not.toContain('process.disk.io read')
    expect(valuesOf(observations, 1)).toHaveProperty(['process.memory.usage'])
    expect(valuesOf(observations, 2)).toEqual({})
    expect(valuesOf(observations, 3)).toHaveProperty(['process.cpu.time user'])
    expect(valuesOf(observations, 3)).not.toHaveProperty(['process.memory.usage'])
  })

  it('takes any other error for one', async () => {
    await expect(collect(machine({ ...processFiles(1) }, { proc: () => failing('EIO') }))).rejects.toThrow('EIO')
  })

  it('makes series of a bounded number of processes', async () => {
    const files = Object.assign({}, ...Array.from({ length: 60 }, (_, pid) => processFiles(pid + 1))) as Record<
      string,
      string
    >
    const observations = await collect(machine(files), 5)
    expect(new Set(observations.map(({ attributes }) => attributes['process.pid'])).size).toBeLessThanOrEqual(10)
  })
})
