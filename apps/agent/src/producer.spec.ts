import { describe, expect, it } from '@jest/globals'
import { createLogger } from '@pegel/telemetry'
import type { Collector, HostMetric, Observation } from './observation.ts'
import { HostProducer, metricsOf } from './producer.ts'

const gauge: HostMetric = { name: 'g', kind: 'gauge', unit: '1', int: false, description: 'd' }
const counter: HostMetric = { ...gauge, name: 'c', kind: 'counter', int: true }
const level: HostMetric = { ...gauge, name: 'u', kind: 'up_down_counter' }
const at = (metric: HostMetric, extras: Partial<Observation> = {}): Observation => ({
  metric,
  value: 1,
  attributes: {},
  ...extras,
})

describe('metricsOf', () => {
  it('gives each metric once, with its points and when they began', () => {
    const observations = [at(counter, { attributes: { a: 1 } }), at(gauge), at(counter, { startMs: 5500 }), at(level)]
    const metrics = metricsOf(observations, { bootMs: 1000, atMs: 9001.5 })
    expect(metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.length])).toEqual([
      ['c', 2],
      ['g', 1],
      ['u', 1],
    ])
    expect(metrics.map((each) => ('isMonotonic' in each ? each.isMonotonic : undefined))).toEqual([
      true,
      undefined,
      false,
    ])
    expect(metrics[0]?.dataPoints).toEqual([
      { startTime: [1, 0], endTime: [9, 1_500_000], attributes: { a: 1 }, value: 1 },
      { startTime: [5, 500_000_000], endTime: [9, 1_500_000], attributes: {}, value: 1 },
    ])
    expect(metrics[1]?.dataPoints[0]?.startTime).toEqual([0, 0])
  })
})

describe('HostProducer', () => {
  it('gives what is there now, and nothing of what has gone', async () => {
    let processes = ['a', 'b']
    const collector: Collector = {
      name: 'changing',
      metrics: [gauge],
      collect: () => Promise.resolve(processes.map((name) => at(gauge, { attributes: { name } }))),
    }
    const log = createLogger({ service: 'agent', level: 'silent' })
    const producer = new HostProducer({ collectors: [collector], log, bootMs: 0 })
    const names = async (): Promise<unknown[]> => {
      const { resourceMetrics } = await producer.collect()
      return resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes.name)),
      )
    }
    expect(await names()).toEqual(['a', 'b'])
    processes = ['c']
    expect(await names()).toEqual(['c'])
  })

  it('leaves a failing collector out, says so once, and goes on with the others', async () => {
    const lines: string[] = []
    const log = createLogger({ service: 'agent', destination: { write: (line) => lines.push(line) } })
    let fails = true
    const working: Collector = { name: 'good', metrics: [gauge], collect: () => Promise.resolve([at(gauge)]) }
    const failing: Collector = {
      name: 'bad',
      metrics: [level],
      collect: () => (fails ? Promise.reject(new Error('EIO')) : Promise.resolve([at(level)])),
    }
    const producer = new HostProducer({ collectors: [failing, working], log, bootMs: 0 })
    const names = async (): Promise<string[]> =>
      (await producer.collect()).resourceMetrics.scopeMetrics[0]?.metrics.map(({ descriptor }) => descriptor.name) ?? []
    expect(await names()).toEqual(['g'])
    expect(await names()).toEqual(['g'])
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('EIO')
    fails = false
    expect(await names()).toEqual(['u', 'g'])
    fails = true
    await names()
    expect(lines).toHaveLength(2)
  })
})
