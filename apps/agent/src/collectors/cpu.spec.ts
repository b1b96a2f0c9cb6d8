import { describe, expect, it } from '@jest/globals'
import { recordedHost } from '../fixtures/recorded-host.ts'
import { cpuObservations, createCpuCollector, parseProcStat } from './cpu.ts'

const times = (user: number, idle: number, iowait = 0): Parameters<typeof cpuObservations>[0] => [
  { cpu: 0, seconds: { user, idle, iowait } },
]
const utilization = (observations: ReturnType<typeof cpuObservations>): Record<string, number> =>
  Object.fromEntries(
    observations
      .filter(({ metric }) => metric.name === 'system.cpu.utilization')
      .map(({ attributes, value }) => [String(attributes['cpu.mode']), value]),
  )

describe('parseProcStat', () => {
  it('reads each CPU in seconds, with both kinds of interrupt together and without guest time', async () => {
    const cpus = parseProcStat(await recordedHost().proc('stat'))
    expect(cpus).toHaveLength(2)
    expect(cpus[0]).toEqual({
      cpu: 0,
      seconds: { user: 330.93, nice: 0.01, system: 81.61, idle: 4107.93, iowait: 1.56, interrupt: 0.74, steal: 3.87 },
    })
  })

  it('finds none in a file without CPUs, and takes missing columns of an old kernel for 0', () => {
    expect(parseProcStat('intr 1\n')).toEqual([])
    expect(parseProcStat('cpu0 100 0 0 300')[0]?.seconds).toMatchObject({ user: 1, idle: 3, steal: 0 })
  })
})

describe('cpuObservations', () => {
  it('has no utilization before a second reading, nor when no time has passed', () => {
    expect(utilization(cpuObservations(times(1, 1), undefined))).toEqual({})
    expect(utilization(cpuObservations(times(1, 1), times(1, 1)))).toEqual({})
  })

  it('gives the shares of the interval', () => {
    expect(utilization(cpuObservations(times(2, 4), times(1, 1)))).toEqual({ user: 0.25, idle: 0.75, iowait: 0 })
  })

  it('takes a counter that stepped back for one that stood still', () => {
    expect(utilization(cpuObservations(times(2, 2, 3), times(1, 1, 4)))).toEqual({ user: 0.5, idle: 0.5, iowait: 0 })
  })

  it('gives a CPU that was not there before its time alone', () => {
    expect(utilization(cpuObservations(times(2, 2), []))).toEqual({})
  })
})

describe('createCpuCollector', () => {
  it('counts the CPUs and remembers the last reading', async () => {
    let user = 100
    const host = recordedHost({ proc: () => Promise.resolve(`cpu0 ${user} 0 0 100 0 0 0 0 0 0\n`) })
    const collector = createCpuCollector(host)
    const first = await collector.collect()
    user = 200
    const second = await collector.collect()
    expect(first.find(({ metric }) => metric.name === 'system.cpu.logical.count')?.value).toBe(1)
    expect(utilization([...first])).toEqual({})
    expect(utilization([...second])).toMatchObject({ user: 1, idle: 0 })
  })

  it('takes what Node knows where there is no /proc', async () => {
    const observations = await createCpuCollector(recordedHost({ platform: 'darwin' })).collect()
    const time = observations.filter(({ metric }) => metric.name === 'system.cpu.time')
    expect(time.map(({ attributes, value }) => [attributes['cpu.mode'], value])).toEqual([
      ['user', 1],
      ['nice', 0],
      ['system', 0.5],
      ['idle', 2.5],
      ['interrupt', 0],
    ])
  })
})
