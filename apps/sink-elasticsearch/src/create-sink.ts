import type { ClientOptions } from '@elastic/elasticsearch'
import type { LogRecord, Sink } from '@pegel/pipeline'
import type { ElasticsearchConfig } from './config.ts'
import { createElasticsearchClient } from './elasticsearch.client.ts'
import type { ElasticsearchClient } from './elasticsearch.client.ts'
import { ElasticsearchSink } from './elasticsearch.sink.ts'
import { FieldsCache } from './fields-cache.ts'
import { LogSetup } from './logs/log-setup.ts'
import { LogsSink } from './logs/logs.sink.ts'
import { NewFields } from './new-fields.ts'
import { StreamSetup } from './stream-setup.ts'
import { parseTimeBounds } from './time-bounds.ts'

export type SinkSettings = ElasticsearchConfig & { readonly MONITORING_RETENTION_DAYS: number }

export function createElasticsearchSink(config: SinkSettings): Sink {
  const client = clientOf(config)
  const dataset = config.PEGEL_ELASTICSEARCH_DATASET
  const setup = new StreamSetup({
    client,
    dataset,
    bounds: parseTimeBounds(config.PEGEL_ELASTICSEARCH_TIME_BOUNDS) ?? { kind: 'auto' },
    fieldLimit: config.PEGEL_ELASTICSEARCH_FIELD_LIMIT,
    shards: config.PEGEL_ELASTICSEARCH_SHARDS,
    retentionDays: config.MONITORING_RETENTION_DAYS,
  })
  return new ElasticsearchSink({
    client,
    setup,
    newFields: new NewFields(client),
    series: new FieldsCache(config.PEGEL_ELASTICSEARCH_SERIES_CACHE),
    dataset,
    limits: limitsOf(config),
  })
}

export function createLogsSink(config: SinkSettings): Sink<LogRecord> {
  const client = clientOf(config)
  const dataset = config.PEGEL_ELASTICSEARCH_DATASET
  const setup = new LogSetup({
    client,
    dataset,
    bounds: parseTimeBounds(config.PEGEL_ELASTICSEARCH_TIME_BOUNDS) ?? { kind: 'auto' },
    shards: config.PEGEL_ELASTICSEARCH_SHARDS,
    retentionDays: config.MONITORING_RETENTION_DAYS,
  })
  return new LogsSink({ client, setup, dataset, limits: limitsOf(config) })
}

function clientOf(config: ElasticsearchConfig): ElasticsearchClient {
  return createElasticsearchClient({
    url: config.PEGEL_ELASTICSEARCH_URL,
    auth: authOf(config),
    timeoutMs: config.PEGEL_ELASTICSEARCH_TIMEOUT_MS,
  })
}

function limitsOf(config: ElasticsearchConfig): { readonly maxDocuments: number; readonly maxBytes: number } {
  return { maxDocuments: config.PEGEL_ELASTICSEARCH_MAX_DOCUMENTS, maxBytes: config.PEGEL_ELASTICSEARCH_MAX_BYTES }
}

function authOf(config: ElasticsearchConfig): ClientOptions['auth'] {
  const { PEGEL_ELASTICSEARCH_API_KEY: apiKey, PEGEL_ELASTICSEARCH_USERNAME: username } = config
  if (apiKey !== undefined) return { apiKey }
  return username === undefined ? undefined : { username, password: config.PEGEL_ELASTICSEARCH_PASSWORD ?? '' }
}
