import { Client, errors } from '@elastic/elasticsearch'
import { requireElasticsearch } from '@pegel/testing'
import type { StoredSeries } from '@pegel/testing'
import { configSchema } from '../src/config.ts'
import { createElasticsearchSink } from '../src/create-sink.ts'
import type { SinkSettings } from '../src/create-sink.ts'
import { placementOf } from '../src/placement.ts'

/** Apart from whatever else uses the server. */
export const TEST_DATASET = 'pegel_test'

export function settings(overrides: Partial<Record<keyof SinkSettings, string>> = {}): SinkSettings {
  const environment = { PEGEL_ELASTICSEARCH_URL: requireElasticsearch(), ...overrides }
  return { ...configSchema.parse(environment), MONITORING_RETENTION_DAYS: 30 }
}

export const createSink = (
  overrides: Parameters<typeof settings>[0] = {},
): ReturnType<typeof createElasticsearchSink> => createElasticsearchSink(settings(overrides))

export type Document = Readonly<Record<string, unknown>>

let client: Client | undefined
export const elasticsearch = (): Client => (client ??= new Client({ node: requireElasticsearch() }))

/** All documents of a tenant in a stream or index, by time; an unknown one has none. */
export async function documentsOf(index: string, tenant: string): Promise<readonly Document[]> {
  try {
    await elasticsearch().indices.refresh({ index })
    const { hits } = await elasticsearch().search<Document>({
      index,
      size: 10_000,
      query: { term: { tenant } },
      sort: [{ '@timestamp': 'asc' }],
    })
    return hits.hits.flatMap(({ _source }) => (_source === undefined ? [] : [_source]))
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 404) return []
    throw error
  }
}

/** The plain numbers of a tenant's documents as series, wherever they are. */
export async function seriesOf(dataset: string, tenant: string): Promise<readonly StoredSeries[]> {
  const { stream, late } = placementOf(dataset, { tenant, placement: 'shared' })
  const byKey = new Map<
    string,
    { name: string; labels: Record<string, string>; points: { timeMs: number; value: number }[] }
  >()
  for (const document of [...(await documentsOf(late, tenant)), ...(await documentsOf(stream, tenant))]) {
    const labels = labelsOf(document)
    for (const [field, value] of Object.entries(document)) {
      if (!field.startsWith('metrics.')) continue
      const name = field.slice('metrics.'.length)
      const key = JSON.stringify([name, labels])
      const series = byKey.get(key) ?? { name, labels, points: [] }
      series.points.push({ timeMs: Date.parse(String(document['@timestamp'])), value: Number(value) })
      byKey.set(key, series)
    }
  }
  return [...byKey.values()]
}

export function labelsOf(document: Document): Record<string, string> {
  const labels = Object.entries(document).filter(([field]) => field.startsWith('attributes.'))
  return Object.fromEntries(labels.map(([field, value]) => [field.slice('attributes.'.length), String(value)]))
}

/**
 * Removes the late indices of tenants. Data streams stay: the server that runs from its jars has no call to remove one, so
 * tests share a dataset wherever they can.
 */
export async function removeLate(dataset: string, tenants: Iterable<string>): Promise<void> {
  for (const tenant of tenants) {
    const { late } = placementOf(dataset, { tenant, placement: 'shared' })
    await elasticsearch().indices.delete({ index: late }, { ignore: [404] })
  }
}
