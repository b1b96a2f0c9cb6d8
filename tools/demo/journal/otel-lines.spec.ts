import { ValueType } from '@opentelemetry/api'
import { describe, expect, it } from '@jest/globals'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import type { JournalRequest } from './format.ts'
import { answerLine, requestLine } from './otel-lines.ts'

async function lineOf(
  temporality: AggregationTemporality,
  record: (provider: MeterProvider) => void,
): Promise<JournalRequest> {
  const exporter = new InMemoryMetricExporter(temporality)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const resource = resourceFromAttributes({ 'service.name': 'x', 'process.pid': 7 })
  const provider = new MeterProvider({ resource, readers: [reader] })
  record(provider)
  await provider.forceFlush()
  const [metrics] = exporter.getMetrics()
  await provider.shutdown()
  if (metrics === undefined) throw new Error('nothing was exported')
  return requestLine('a', metrics)
}

describe('the lines of an export', () => {
  it('notes each point as it goes over the wire, with attributes as text', async () => {
    const line = await lineOf(AggregationTemporality.DELTA, (provider) => {
      const meter = provider.getMeter('lib', '2.0')
      meter.createCounter('orders', { unit: '{order}', valueType: ValueType.INT }).add(3, { paid: true, n: 5, s: 'a' })
    })
    expect(line.id).toBe('a')
    expect(line.resource).toEqual({ 'service.name': 'x', 'process.pid': '7' })
    expect(line.metrics).toEqual([
      {
        scope: { name: 'lib', version: '2.0' },
        name: 'orders',
        unit: '{order}',
        kind: 'sum',
        temporality: 'delta',
        monotonic: true,
        points: [{ attributes: { paid: 'true', n: '5', s: 'a' }, timeNs: expect.stringMatching(/^\d{19}$/), value: 3 }],
      },
    ])
  })

  it('keeps histograms whole and knows gauges and up-down counters', async () => {
    const { metrics } = await lineOf(AggregationTemporality.CUMULATIVE, (provider) => {
      const meter = provider.getMeter('lib')
      meter.createHistogram('size', { advice: { explicitBucketBoundaries: [1, 10] } }).record(4)
      meter.createUpDownCounter('open').add(-2)
      meter.createGauge('level').record(1.5)
    })
    expect(metrics.map(({ name, kind, temporality, monotonic }) => [name, kind, temporality, monotonic])).toEqual([
      ['size', 'histogram', 'cumulative', false],
      ['open', 'sum', 'cumulative', false],
      ['level', 'gauge', 'unspecified', false],
    ])
    expect(metrics[0]?.points[0]?.value).toEqual({
      count: 1,
      sum: 4,
      min: 4,
      max: 4,
      bounds: [1, 10],
      counts: [0, 1, 0],
    })
  })

  it('says whether it was acknowledged, and why not', () => {
    expect(answerLine('a', undefined)).toEqual({ id: 'a', acknowledged: true })
    expect(answerLine('a', new Error('Bad Gateway'))).toEqual({ id: 'a', acknowledged: false, error: 'Bad Gateway' })
  })
})
