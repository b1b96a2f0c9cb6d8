import { describe, expect, it } from '@jest/globals'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createLogger } from '@pegel/telemetry'
import { metricsUrl } from './exporter.ts'
import { observe } from './instruments.ts'
import type { Collector, HostMetric } from './observation.ts'

const metric: HostMetric = { name: 'm', kind: 'gauge', unit: '1', int: false, description: '' }

describe('observe', () => {
  it('leaves a failing collector out, says so once, and goes on with the others', async () => {
    const lines: string[] = []
    const log = createLogger({ service: 'agent', destination: { write: (line) => lines.push(line) } })
    let fails = true
    const working: Collector = {
      name: 'good',
      metrics: [metric],
      collect: () => Promise.resolve([{ metric, value: 1, attributes: {} }]),
    }
    const other = { ...metric, name: 'other' }
    const failing: Collector = {
      name: 'bad',
      metrics: [other],
      collect: () =>
        fails ? Promise.reject(new Error('EACCES')) : Promise.resolve([{ metric: other, value: 2, attributes: {} }]),
    }
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const provider = new MeterProvider({
      readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
    })
    observe(provider.getMeter('test'), [failing, working], log)
    const names = async (): Promise<string[]> => {
      await provider.forceFlush()
      const last =
        exporter
          .getMetrics()
          .at(-1)
          ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
      return last.filter(({ dataPoints }) => dataPoints.length > 0).map(({ descriptor }) => descriptor.name)
    }
    expect(await names()).toEqual(['m'])
    expect(await names()).toEqual(['m'])
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('EACCES')
    fails = false
    expect(await names()).toEqual(['other', 'm'])
    await provider.shutdown()
  })
})

describe('metricsUrl', () => {
  it.each([
    ['http://gateway:4318', 'http://gateway:4318/v1/metrics'],
    ['http://gateway:4318/', 'http://gateway:4318/v1/metrics'],
    ['https://proxy/pegel/', 'https://proxy/pegel/v1/metrics'],
  ])('%s → %s', (endpoint, url) => {
    expect(metricsUrl(endpoint)).toBe(url)
  })
})
