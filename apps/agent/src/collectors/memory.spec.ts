import { describe, expect, it } from '@jest/globals'
import { recordedHost } from '../fixtures/recorded-host.ts'
import { createMemoryCollector, memoryObservations, parseMeminfo } from './memory.ts'

const valuesOf = (observations: ReturnType<typeof memoryObservations>): Record<string, number> =>
  Object.fromEntries(
    observations.map(({ metric, attributes, value }) => [[metric.name, ...Object.values(attributes)].join(' '), value]),
  )

describe('parseMeminfo', () => {
  it('reads bytes', async () => {
    expect(parseMeminfo(await recordedHost().proc('meminfo'))).toEqual({
      totalBytes: 24684096 * 1024,
      availableBytes: 23936384 * 1024,
      swap: { totalBytes: 2097152 * 1024, freeBytes: 1048576 * 1024 },
    })
  })

  it('adds up free memory and caches where the kernel gives no estimate', () => {
    const text = 'MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 5 kB\nCached: 20 kB\n'
    expect(parseMeminfo(text).availableBytes).toBe(35 * 1024)
  })
})

describe('memoryObservations', () => {
  it('gives states that add up to the limit, and swap', () => {
    const swap = { totalBytes: 10, freeBytes: 4 }
    expect(valuesOf(memoryObservations({ totalBytes: 100, availableBytes: 25, swap }))).toEqual({
      'system.memory.limit': 100,
      'system.memory.usage used': 75,
      'system.memory.usage available': 25,
      'system.memory.utilization used': 0.75,
      'system.memory.utilization available': 0.25,
      'system.paging.usage used': 6,
      'system.paging.usage free': 4,
    })
  })

  it('is silent about swap that is not there, and divides by no zero', () => {
    const swap = { totalBytes: 0, freeBytes: 0 }
    const values = valuesOf(memoryObservations({ totalBytes: 0, availableBytes: 0, swap }))
    expect(Object.keys(values).some((name) => /paging|utilization/.test(name))).toBe(false)
  })

  it('takes what Node knows where there is no /proc', async () => {
    const observations = await createMemoryCollector(recordedHost({ platform: 'win32' })).collect()
    expect(valuesOf([...observations])).toMatchObject({ 'system.memory.usage used': 750, 'system.memory.limit': 1000 })
  })
})
