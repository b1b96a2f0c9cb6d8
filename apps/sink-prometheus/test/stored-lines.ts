import { nativeLine, numberLine } from './golden-lines.ts'
import { rawSeries } from './prometheus-backend.ts'

/** Every sample of a tenant that a Prometheus holds, one line each. */
export async function storedLines(url: string, tenant: string): Promise<readonly string[]> {
  const series = await rawSeries({ selector: `{tenant="${tenant}"}`, url })
  const lines = series.flatMap(({ metric, values = [], histograms = [] }) => {
    const { __name__: metricName = '', ...labels } = metric
    const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`)
    const name = `${metricName}{${pairs.sort().join(',')}}`
    return [
      ...values.map(([seconds, value]) => numberLine(name, numberOf(value), Math.round(seconds * 1000))),
      ...histograms.map(([seconds, { count, sum, buckets = [] }]) =>
        nativeLine(name, {
          count: Number(count),
          sum: Number(sum),
          buckets: buckets.map(([, left, right, inside]) => [numberOf(left), numberOf(right), Number(inside)]),
          timeMs: Math.round(seconds * 1000),
        }),
      ),
    ]
  })
  return lines.sort()
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'))
}
