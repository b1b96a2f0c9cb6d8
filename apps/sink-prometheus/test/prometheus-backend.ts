import { requirePrometheus } from '@pegel/testing'
import type { StoredSeries } from '@pegel/testing'

/** As Prometheus' API has a native histogram: buckets are [rule, left, right, count]. */
interface NativeHistogram {
  readonly count: string
  readonly sum: string
  readonly buckets?: readonly (readonly [rule: number, left: string, right: string, count: string])[]
}

/** As Prometheus' API has a series. */
export interface RawSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: readonly [seconds: number, value: string]
  readonly values?: readonly (readonly [seconds: number, value: string])[]
  readonly histograms?: readonly (readonly [seconds: number, value: NativeHistogram])[]
}

interface QueryAnswer {
  readonly status: string
  readonly error?: string
  readonly data?: { readonly result: readonly RawSeries[] }
}

export interface StoredSelector {
  /** A PromQL selector, for example `{tenant="acme"}`. */
  readonly selector: string
  /** Look so far back. Default 8 hours. */
  readonly range?: string
  readonly url?: string
}

/** The raw samples behind a selector, as they are stored: a range selector gives each sample with its own time. */
export function rawSeries({
  selector,
  range = '8h',
  url = requirePrometheus(),
}: StoredSelector): Promise<readonly RawSeries[]> {
  return ask(url, { query: `${selector}[${range}]`, time: String(Date.now() / 1000 + 60) })
}

/** Those of them that are numbers. */
export async function rawSamples(options: StoredSelector): Promise<readonly StoredSeries[]> {
  const series = await rawSeries(options)
  return series.map(({ metric, values = [] }) => {
    const { __name__: name = '', ...labels } = metric
    return {
      name,
      labels,
      points: values.map(([seconds, value]) => ({ timeMs: Math.round(seconds * 1000), value: Number(value) })),
    }
  })
}

/** An instant query now: labels and value of each series. */
export async function query(
  expression: string,
  url = requirePrometheus(),
): Promise<readonly { readonly metric: Readonly<Record<string, string>>; readonly value: string | undefined }[]> {
  return (await ask(url, { query: expression })).map(({ metric, value }) => ({ metric, value: value?.[1] }))
}

async function ask(url: string, question: Readonly<Record<string, string>>): Promise<readonly RawSeries[]> {
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams(question) })
  const { data, error, status } = (await response.json()) as QueryAnswer
  if (data === undefined) throw new Error(`Prometheus does not answer ${question.query ?? ''}: ${error ?? status}`)
  return data.result
}
