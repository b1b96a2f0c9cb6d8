import { bytes, duration, integer, laneSettings, replaySettings, secret, workerSettings } from '@pegel/config'
import { z } from 'zod'
import { parseTimeBounds } from './time-bounds.ts'

/** Environment of the sink, besides what all services share. */
export const configSchema = z.object({
  PEGEL_ELASTICSEARCH_URL: z
    .url()
    .default('http://localhost:9200')
    .describe('Address of Elasticsearch 8, 8.16 or later.'),
  PEGEL_ELASTICSEARCH_API_KEY: secret().optional().describe('API key, as Elasticsearch encodes it.'),
  PEGEL_ELASTICSEARCH_USERNAME: z.string().optional().describe('User name, when there is no API key.'),
  PEGEL_ELASTICSEARCH_PASSWORD: secret().optional().describe('Password of that user.'),
  PEGEL_ELASTICSEARCH_DATASET: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, 'starts with a letter and holds lower-case letters, digits and _ only')
    .default('pegel')
    .describe('Part of every name: metrics-<dataset>.tenant-…, .shared-default and .late-…'),
  PEGEL_ELASTICSEARCH_TIMEOUT_MS: duration({ min: 1 })
    .default(20_000)
    .describe('How long Elasticsearch may take to answer a request, in ms or as 10s.'),
  PEGEL_ELASTICSEARCH_MAX_DOCUMENTS: integer({ min: 1 }).default(5_000).describe('Most documents of one bulk request.'),
  PEGEL_ELASTICSEARCH_MAX_BYTES: bytes({ min: 1 })
    .default(5 * 1024 * 1024)
    .describe('Most bytes of one bulk request before compression.'),
  PEGEL_ELASTICSEARCH_FIELD_LIMIT: integer({ min: 20 })
    .default(5_000)
    .describe(
      'Most fields of a stream (index.mapping.total_fields.limit), metrics and label names together; a point that needs one more is a dead letter.',
    ),
  PEGEL_ELASTICSEARCH_SHARDS: integer({ min: 1 }).default(1).describe('Primary shards of a new index.'),
  PEGEL_ELASTICSEARCH_TIME_BOUNDS: z
    .string()
    .refine((text) => parseTimeBounds(text) !== undefined, {
      message: 'must be auto, managed or fixed:<start>/<end> with two times in ISO 8601',
    })
    .default('auto')
    .describe(
      'Which times a stream takes: managed (by Elasticsearch), fixed:<start>/<end> (by the template, for a server without the data stream module), or auto, which asks the server.',
    ),
  PEGEL_ELASTICSEARCH_CONCURRENT_WRITES: integer({ min: 1, max: 64 })
    .default(4)
    .describe('Writes in flight over all tenants; one tenant has one at a time.'),
  PEGEL_ELASTICSEARCH_IN_FLIGHT: bytes({ min: 1024 * 1024 })
    .default(128 * 1024 * 1024)
    .describe('Records in memory over all tenants; beyond it nothing more is fetched.'),
  PEGEL_ELASTICSEARCH_SERIES_CACHE: bytes({ min: 1024 * 1024 })
    .default(256 * 1024 * 1024)
    .describe('Memory for rendered dimensions, kept by series.'),
  ...workerSettings,
  ...laneSettings,
  ...replaySettings,
})

export type ElasticsearchConfig = z.infer<typeof configSchema>
