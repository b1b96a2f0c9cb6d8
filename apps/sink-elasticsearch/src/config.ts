import { z } from 'zod'
import { parseTimeBounds } from './time-bounds.ts'

/** Environment of the sink, besides what all services share. */
export const configSchema = z.object({
  PEGEL_ELASTICSEARCH_URL: z.url().default('http://localhost:9200').describe('Address of Elasticsearch 8 (8.16 or later).'),
  PEGEL_ELASTICSEARCH_API_KEY: z.string().default('').describe('API key, as Elasticsearch encodes it; goes before a user name.'),
  PEGEL_ELASTICSEARCH_USERNAME: z.string().default('').describe('User name, when there is no API key.'),
  PEGEL_ELASTICSEARCH_PASSWORD: z.string().default('').describe('Password of that user.'),
  PEGEL_ELASTICSEARCH_DATASET: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, 'starts with a letter and has lower-case letters, digits and _ only')
    .default('pegel')
    .describe('Part of every name: metrics-<dataset>.tenant-…, .shared-default and .late-…'),
  PEGEL_ELASTICSEARCH_TIMEOUT_MS: positive(20_000).describe('How long Elasticsearch may take to answer a request, in ms.'),
  PEGEL_ELASTICSEARCH_MAX_DOCUMENTS: positive(5_000).describe('Most documents of one bulk request.'),
  PEGEL_ELASTICSEARCH_MAX_BYTES: positive(5 * 1024 * 1024).describe('Most bytes of one bulk request before compression.'),
  PEGEL_ELASTICSEARCH_FIELD_LIMIT: positive(5_000).describe(
    'Most fields of a stream (index.mapping.total_fields.limit): metrics and label names together. A point that needs one more is a dead letter.',
  ),
  PEGEL_ELASTICSEARCH_SHARDS: positive(1).describe('Primary shards of a new index.'),
  PEGEL_ELASTICSEARCH_TIME_BOUNDS: z
    .string()
    .default('auto')
    .transform((text, context) => {
      const bounds = parseTimeBounds(text)
      if (bounds !== undefined) return bounds
      context.addIssue({ code: 'custom', message: 'is auto, managed or fixed:<start>/<end> with two times in ISO 8601' })
      return z.NEVER
    })
    .describe(
      'Which times a stream takes: managed (by Elasticsearch), fixed:<start>/<end> (by the template, for a server without the data stream module), or auto, which asks the server.',
    ),
  PEGEL_ELASTICSEARCH_SERIES_CACHE: positive(500_000).describe('Series whose rendered dimensions are kept in memory.'),
})

export type ElasticsearchConfig = z.infer<typeof configSchema>

function positive(fallback: number): z.ZodDefault<z.ZodCoercedNumber<unknown>> {
  return z.coerce.number().int().positive().default(fallback)
}
