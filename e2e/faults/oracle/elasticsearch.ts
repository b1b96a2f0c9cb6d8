import type { Backend, SeriesName, SeriesSum } from './backend.ts'

const PATTERN = 'metrics-pegel.*'
const PAGE = 5000

interface Bucket extends Readonly<Record<string, unknown>> {
  readonly key: string
  readonly hosts: { readonly buckets: readonly Bucket[] }
}

interface Answer {
  readonly error?: unknown
  readonly _scroll_id?: string
  readonly hits: { readonly hits: readonly { readonly fields?: Readonly<Record<string, readonly number[]>> }[] }
  readonly aggregations?: { readonly tenants: { readonly buckets: readonly Bucket[] } }
}

export function elasticsearchBackend(url: string): Backend {
  const ask = (path: string, body?: object): Promise<Answer> => post(url + path, body)
  return {
    name: 'elasticsearch',
    async sums({ run, metrics }) {
      await ask(`/${PATTERN}/_refresh`)
      const aggs: Record<string, object> = Object.fromEntries(
        metrics.flatMap((metric): [string, object][] => [
          [`count ${metric}`, { value_count: { field: `metrics.${metric}` } }],
          [`sum ${metric}`, { sum: { field: `metrics.${metric}` } }],
        ]),
      )
      const byHost = { terms: { field: 'attributes.host', size: 1000 }, aggs }
      const tenants = { terms: { field: 'tenant', size: 1000 }, aggs: { hosts: byHost } }
      const query = { term: { 'attributes.run': run } }
      const { aggregations } = await ask(`/${PATTERN}/_search`, { size: 0, query, aggs: { tenants } })
      return (aggregations?.tenants.buckets ?? []).flatMap((tenant) =>
        tenant.hosts.buckets.flatMap((host) => metrics.map((metric) => seriesSum(tenant.key, host, metric))),
      )
    },
    async values({ run }, { tenant, metric, host }: SeriesName) {
      const field = `metrics.${metric}`
      const terms: Readonly<Record<string, string>> = { 'attributes.run': run, 'attributes.host': host, tenant }
      const filter = [
        ...Object.entries(terms).map(([key, value]) => ({ term: { [key]: value } })),
        { exists: { field } },
      ]
      const search = { query: { bool: { filter } }, fields: [field], _source: false, size: PAGE, sort: ['_doc'] }
      const values: number[] = []
      let page = await ask(`/${PATTERN}/_search?scroll=1m`, search)
      while (page.hits.hits.length > 0) {
        values.push(...page.hits.hits.flatMap(({ fields }) => fields?.[field] ?? []))
        page = await ask('/_search/scroll', { scroll: '1m', scroll_id: page._scroll_id })
      }
      return values
    },
  }
}

function seriesSum(tenant: string, host: Bucket, metric: string): SeriesSum {
  const valueOf = (what: string): number => (host[`${what} ${metric}`] as { readonly value: number }).value
  return { tenant, metric, host: host.key, count: valueOf('count'), sum: valueOf('sum') }
}

async function post(url: string, body?: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const content = body === undefined ? {} : { headers, body: JSON.stringify(body) }
  const response = await fetch(url, { method: 'POST', ...content })
  const answer = (await response.json()) as Answer
  if (answer.error !== undefined) throw new Error(`Elasticsearch: ${JSON.stringify(answer.error).slice(0, 500)}`)
  return answer
}
