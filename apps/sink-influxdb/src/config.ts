import { z } from 'zod'

/** Environment of the sink, besides what all services share. */
export const configSchema = z.object({
  PEGEL_INFLUXDB_URL: z.url().default('http://localhost:8086').describe('Address of InfluxDB 2.x.'),
  PEGEL_INFLUXDB_TOKEN: z
    .string()
    .min(1)
    .describe('Token that may list and make buckets of the organisation and write to them.'),
  PEGEL_INFLUXDB_ORG: z.string().min(1).default('pegel').describe('Organisation that owns the buckets.'),
  PEGEL_INFLUXDB_TIMEOUT_MS: positive(20_000).describe('How long InfluxDB may take to answer a request, in ms.'),
  PEGEL_INFLUXDB_MAX_LINES: positive(10_000).describe('Most lines of one write request.'),
  PEGEL_INFLUXDB_MAX_BYTES: positive(4 * 1024 * 1024).describe('Most bytes of one write request before compression.'),
  PEGEL_INFLUXDB_GZIP_LEVEL: z.coerce
    .number()
    .int()
    .min(0)
    .max(9)
    .default(1)
    .describe('zlib level of write requests; 1 costs a third of the default level and sends a fifth more.'),
  PEGEL_INFLUXDB_SERIES_CACHE: positive(500_000).describe('Series whose rendered tags are kept in memory.'),
})

export type InfluxdbConfig = z.infer<typeof configSchema>

function positive(fallback: number): z.ZodDefault<z.ZodCoercedNumber<unknown>> {
  return z.coerce.number().int().positive().default(fallback)
}
