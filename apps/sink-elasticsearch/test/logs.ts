import { errors } from '@elastic/elasticsearch'
import type { LogRecord, Sink } from '@pegel/pipeline'
import { createLogsSink } from '../src/create-sink.ts'
import { logStreamOf } from '../src/logs/log-stream.ts'
import { elasticsearch, settings, TEST_DATASET } from './elasticsearch.ts'

export const createLogs = (overrides: Parameters<typeof settings>[0] = {}): Sink<LogRecord> =>
  createLogsSink(settings({ PEGEL_ELASTICSEARCH_DATASET: TEST_DATASET, ...overrides }))

/** A stored log, as far as the tests look at it. */
export interface StoredLog {
  readonly '@timestamp': string
  readonly message: string
  readonly tenant: string
  readonly tags?: readonly string[]
  readonly event: Readonly<Record<string, unknown>>
  readonly labels?: Readonly<Record<string, string>>
}

/** What a query finds in a tenant's stream, by time; a stream that is not there has nothing. */
export async function findLogs(
  tenant: string,
  query: object = { match_all: {} },
  dataset = TEST_DATASET,
): Promise<readonly StoredLog[]> {
  const index = logStreamOf(dataset, tenant)
  try {
    await elasticsearch().indices.refresh({ index })
    const sort = [{ '@timestamp': 'asc' as const }]
    const { hits } = await elasticsearch().search<StoredLog>({ index, size: 10_000, query, sort })
    return hits.hits.flatMap(({ _source }) => (_source === undefined ? [] : [_source]))
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 404) return []
    throw error
  }
}

export const messagesOf = (logs: readonly StoredLog[]): readonly string[] => logs.map(({ message }) => message)
