import type { Cell } from './compare.ts'
import { labelText } from './prometheus-cells.ts'

/** What `/api/v1/query` answers to a range selector: the raw samples of every series. */
export interface MatrixAnswer {
  readonly status: string
  readonly error?: string
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly values: readonly (readonly [seconds: number, value: string])[]
    }[]
  }
}

/** All samples since a time. `selector` is PromQL. */
export async function readPrometheus(url: string, selector: string, sinceMs: number): Promise<Cell[]> {
  // A minute into the future: a source's clock is the backend's own here, but rounding must lose nothing.
  const nowSeconds = Math.ceil(Date.now() / 1000) + 60
  const seconds = nowSeconds - Math.floor(sinceMs / 1000)
  const body = new URLSearchParams({ query: `${selector}[${seconds}s]`, time: String(nowSeconds) })
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body })
  const answer = (await response.json()) as MatrixAnswer
  if (answer.status !== 'success') throw new Error(`Prometheus: ${answer.error ?? response.statusText}`)
  return matrixCells(answer)
}

/** What nobody sent: target_info describes a resource, and Prometheus itself writes what its rules make (level:metric:operation, ALERTS). */
const MADE_THERE = /^(?:target_info|ALERTS|ALERTS_FOR_STATE|.*:.*)$/

export function matrixCells({ data }: MatrixAnswer): Cell[] {
  return data.result.flatMap(({ metric, values }) => {
    const { __name__: name = '', tenant = '', ...rest } = metric
    if (MADE_THERE.test(name)) return []
    const series = name + labelText(new Map(Object.entries(rest)))
    return values.map(([seconds, value]) => ({
      tenant,
      series,
      time: String(Math.round(seconds * 1000)),
      value: Number(value.replace('Inf', 'Infinity')),
    }))
  })
}
