import { describe, expect, it } from '@jest/globals'
import { mergeMetrics } from './merge-metrics.ts'
import { createMetrics } from './metrics.ts'
import type { Metrics } from './metrics.ts'

function metricsOfOne(): Metrics {
  return createMetrics({ service: 's', defaults: false })
}

async function merged(...parts: readonly Metrics[]): Promise<readonly string[]> {
  const collected = await Promise.all(parts.map((each) => each.collect()))
  const byWorker = Object.fromEntries(collected.map((metrics, index) => [String(index + 1), metrics]))
  return (await mergeMetrics(byWorker)).split('\n').filter((line) => line !== '')
}

describe('metrics of several processes', () => {
  it('stand beside each other, each with its worker, and are described once', async () => {
    const [one, other] = [metricsOfOne(), metricsOfOne()]
    one.counter('a_total', 'Of a', ['tenant']).inc({ tenant: 'acme' }, 2)
    other.counter('a_total', 'Of a', ['tenant']).inc({ tenant: 'acme' }, 3)
    other.gauge('b', 'Only here').set(NaN)
    expect(await merged(one, other)).toEqual([
      '# HELP a_total Of a',
      '# TYPE a_total counter',
      'a_total{tenant="acme",service="s",worker="1"} 2',
      'a_total{tenant="acme",service="s",worker="2"} 3',
      '# HELP b Only here',
      '# TYPE b gauge',
      'b{service="s",worker="2"} Nan',
    ])
  })

  it('keep their buckets', async () => {
    const one = metricsOfOne()
    one.histogram('h', 'H', [1]).observe(0.5)
    expect((await merged(one, metricsOfOne())).slice(2)).toEqual([
      'h_bucket{le="1",service="s",worker="1"} 1',
      'h_bucket{le="+Inf",service="s",worker="1"} 1',
      'h_sum{service="s",worker="1"} 0.5',
      'h_count{service="s",worker="1"} 1',
    ])
  })

  it('keep what prom-client would leave out of a sum, as the time of their start', async () => {
    const lines = await merged(createMetrics({ service: 's' }), createMetrics({ service: 's' }))
    const starts = lines.filter((line) => line.startsWith('process_start_time_seconds{'))
    expect(starts.map((line) => /worker="\d"/.exec(line)?.[0])).toEqual(['worker="1"', 'worker="2"'])
  })
})
