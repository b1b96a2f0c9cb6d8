import type { Backend, Selection, SeriesName, SeriesSum } from './backend.ts'

interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [seconds: number, value: string]
  readonly values: readonly (readonly [seconds: number, value: string])[]
}

/** A metric at a time: functions over a range drop its name, and series of two metrics would fall together. */
export function prometheusBackend(url: string): Backend {
  return {
    name: 'prometheus',
    async sums(selection) {
      const found: SeriesSum[] = []
      for (const metric of selection.metrics) {
        const over = (how: string): Promise<readonly Sample[]> =>
          query(url, `sum by (tenant, host) (${how}(${range(metric, selection)}))`, selection)
        const [counts, sums] = await Promise.all([over('count_over_time'), over('sum_over_time')])
        const sumOf = new Map(sums.map((each) => [keyOf(each), Number(each.value[1])]))
        for (const each of counts) {
          const { tenant = '', host = '' } = each.metric
          found.push({ tenant, metric, host, count: Number(each.value[1]), sum: sumOf.get(keyOf(each)) ?? NaN })
        }
      }
      return found
    },
    async values(selection, series) {
      const samples = await query(url, range(series.metric, selection, series), selection)
      return samples.flatMap(({ values }) => values.map(([, value]) => Number(value)))
    },
  }
}

const keyOf = ({ metric }: Sample): string => `${metric.tenant ?? ''}/${metric.host ?? ''}`

function range(metric: string, { run, fromMs, toMs }: Selection, series?: SeriesName): string {
  const which = series === undefined ? '' : `,tenant="${series.tenant}",host="${series.host}"`
  return `${metric}{run="${run}"${which}}[${Math.ceil((toMs - fromMs) / 1000) + 2}s]`
}

async function query(url: string, promql: string, { toMs }: Selection): Promise<readonly Sample[]> {
  const body = new URLSearchParams({ query: promql, time: String(Math.ceil(toMs / 1000) + 1) })
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body })
  const answer = (await response.json()) as { error?: string; data?: { result: readonly Sample[] } }
  if (answer.data === undefined) throw new Error(`Prometheus: ${answer.error ?? response.statusText}`)
  return answer.data.result
}
