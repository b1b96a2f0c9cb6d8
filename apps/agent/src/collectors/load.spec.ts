import { describe, expect, it } from '@jest/globals'
import { recordedHost } from '../fixtures/recorded-host.ts'
import { createLoadCollector } from './load.ts'

describe('createLoadCollector', () => {
  it('gives the three averages and the uptime', async () => {
    const observations = await createLoadCollector(recordedHost()).collect()
    expect(observations.map(({ metric, value }) => [metric.name, value])).toEqual([
      ['system.cpu.load_average.1m', 4.18],
      ['system.cpu.load_average.5m', 2.85],
      ['system.cpu.load_average.15m', 1.59],
      ['system.uptime', 4539.35],
    ])
  })

  it('claims no load average on Windows', async () => {
    const observations = await createLoadCollector(recordedHost({ platform: 'win32' })).collect()
    expect(observations.map(({ metric }) => metric.name)).toEqual(['system.uptime'])
  })
})
