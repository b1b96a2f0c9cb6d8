import type { Cell } from './compare.ts'
import { hitCells } from './elasticsearch-cells.ts'
import type { Hit } from './elasticsearch-cells.ts'

const PATTERN = 'metrics-pegel.*'
const PAGE = 2000

interface Page {
  readonly _scroll_id: string
  readonly hits: { readonly hits: readonly Hit[] }
  readonly error?: unknown
}

/** All documents since a time, of all tenants or of those that are named. */
export async function readElasticsearch(
  url: string,
  streamOf: (tenant: string) => string,
  { sinceMs, tenants }: { readonly sinceMs: number; readonly tenants?: readonly string[] },
): Promise<Cell[]> {
  await ask(url, `/${PATTERN}/_refresh`)
  const since = { range: { '@timestamp': { gte: new Date(sinceMs).toISOString() } } }
  const query = { bool: { filter: tenants === undefined ? [since] : [since, { terms: { tenant: tenants } }] } }
  const cells: Cell[] = []
  let page = await ask(url, `/${PATTERN}/_search?scroll=1m`, { query, size: PAGE, sort: ['_doc'] })
  while (page.hits.hits.length > 0) {
    for (const hit of page.hits.hits) cells.push(...hitCells(hit, streamOf))
    page = await ask(url, '/_search/scroll', { scroll: '1m', scroll_id: page._scroll_id })
  }
  return cells
}

async function ask(url: string, path: string, body?: object): Promise<Page> {
  const headers = { 'content-type': 'application/json' }
  const content = body === undefined ? {} : { headers, body: JSON.stringify(body) }
  const response = await fetch(url + path, { method: 'POST', ...content })
  const answer = (await response.json()) as Page
  if (answer.error !== undefined) throw new Error(`Elasticsearch: ${JSON.stringify(answer.error)}`)
  return answer
}
