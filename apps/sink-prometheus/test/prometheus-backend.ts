import { requirePrometheus } from '@pegel/testing'
import type { StoredSeries } from '@pegel/testing'

interface QueryAnswer {
  readonly status: string
  readonly error?: string
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly value?: readonly [number, string]
      readonly values?: readonly (readonly [number, string])[]
      readonly histograms?: readonly (readonly [number, unknown])[]
    }[]
  }
}

export interface StoredSelector {
  /** A PromQL selector, for example `{tenant="acme"}`. */
  readonly selector: string
  /** Look so far back. Default 8 hours. */
  readonly range?: string
  readonly url?: string
}

/** The raw samples behind a selector, as they are stored: a range selector gives each sample with its own time. */
export async function rawSamples(options: StoredSelector): Promise<readonly StoredSeries[]> {
  const { selector, range = '8h', url = requirePrometheus() } = options
  const query = new URLSearchParams({ query: `${selector}[${range}]`, time: String(Date.now() / 1000 + 60) })
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body: query })
  const answer = (await response.json()) as QueryAnswer
  if (answer.data === undefined)
    throw new Error(`Prometheus does not answer ${selector}: ${answer.error ?? answer.status}`)
  return answer.data.result.map(({ metric, values = [] }) => {
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
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    body: new URLSearchParams({ query: expression }),
  })
  const answer = (await response.json()) as QueryAnswer
  if (answer.data === undefined) throw new Error(`${expression}: ${answer.error ?? answer.status}`)
  return answer.data.result.map(({ metric, value }) => ({ metric, value: value?.[1] }))
}
