import { Pool } from 'undici'

/** Where a probe is looked for. */
export type Backend =
  | { readonly kind: 'prometheus' | 'elasticsearch'; readonly url: string }
  | { readonly kind: 'influxdb'; readonly url: string; readonly token: string; readonly org: string }

/** Of the gauge that probes are. */
export const PROBE_METRIC = 'quiet_probe'

/** Asks a backend for the number of a tenant's newest probe that it finds; -1 for none. Elasticsearch and InfluxDB hold it where shared tenants are. */
export interface Newest {
  ask(): Promise<number>
  close(): Promise<void>
}

interface Question {
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export function newestIn(backend: Backend, tenant: string): Newest {
  const pool = new Pool(backend.url, { connections: 1, pipelining: 1 })
  const [questionOf, read] = queries(backend, tenant)
  return {
    async ask() {
      const { statusCode, body } = await pool.request(questionOf())
      const text = await body.text()
      // The stream or the bucket is made with the first point.
      return statusCode === 200 ? read(text) : -1
    },
    close: () => pool.close(),
  }
}

function queries(backend: Backend, tenant: string): readonly [() => Question, (answer: string) => number] {
  switch (backend.kind) {
    case 'prometheus':
      return [() => promQuery(tenant), readProm]
    case 'elasticsearch':
      return [() => search(tenant), readSearch]
    case 'influxdb':
      return [() => flux(backend, tenant), readFlux]
  }
}

function promQuery(tenant: string): Question {
  const query = `${PROBE_METRIC}{tenant="${tenant}"}`
  const parameters = new URLSearchParams({ query, time: String(Date.now() / 1000 + 1) })
  return { path: `/api/v1/query?${parameters.toString()}`, method: 'GET' }
}

function readProm(answer: string): number {
  const { data } = JSON.parse(answer) as { data?: { result: readonly { value: [number, string] }[] } }
  return Math.max(-1, ...(data?.result ?? []).map(({ value }) => Number(value[1])))
}

function search(tenant: string): Question {
  const body = { size: 0, query: { term: { tenant } }, aggs: { newest: { max: { field: `metrics.${PROBE_METRIC}` } } } }
  const headers = { 'content-type': 'application/json' }
  return { path: '/metrics-pegel.shared-default/_search', method: 'POST', headers, body: JSON.stringify(body) }
}

function readSearch(answer: string): number {
  const { aggregations } = JSON.parse(answer) as { aggregations?: { newest: { value: number | null } } }
  return aggregations?.newest.value ?? -1
}

function flux({ token, org }: Extract<Backend, { kind: 'influxdb' }>, tenant: string): Question {
  const filter = `r._measurement == "${PROBE_METRIC}" and r.tenant == "${tenant}"`
  const body = `from(bucket: "pegel-shared") |> range(start: -2m, stop: 1h) |> filter(fn: (r) => ${filter}) |> last() |> keep(columns: ["_value"])`
  const headers = { authorization: `Token ${token}`, 'content-type': 'application/vnd.flux' }
  return { path: `/api/v2/query?${new URLSearchParams({ org }).toString()}`, method: 'POST', headers, body }
}

/** CSV with a head; the value is the last column. */
function readFlux(answer: string): number {
  const values = answer.split('\n').map((line) => Number(line.trim().split(',').at(-1)))
  return Math.max(-1, ...values.filter((value) => !Number.isNaN(value)))
}
