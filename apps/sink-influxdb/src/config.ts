import { bytes, duration, integer, laneSettings, replaySettings, secret, workerSettings } from '@pegel/config'
import { z } from 'zod'

/** Environment of the sink, besides what all services share. */
export const configSchema = z.object({
  PEGEL_INFLUXDB_URL: z.url().default('http://localhost:8086').describe('Address of InfluxDB 2.x.'),
  PEGEL_INFLUXDB_TOKEN: secret().describe(
    'Token that may list and make buckets of the organisation and write to them.',
  ),
  PEGEL_INFLUXDB_ORG: z.string().min(1).default('pegel').describe('Organisation that owns the buckets.'),
  PEGEL_INFLUXDB_TIMEOUT_MS: duration({ min: 1 })
    .default(20_000)
    .describe('How long InfluxDB may take to answer a request, in ms or as 10s.'),
  PEGEL_INFLUXDB_MAX_LINES: integer({ min: 1 }).default(10_000).describe('Most lines of one write request.'),
  PEGEL_INFLUXDB_MAX_BYTES: bytes({ min: 1 })
    .default(4 * 1024 * 1024)
    .describe('Most bytes of one write request before compression.'),
  PEGEL_INFLUXDB_GZIP_LEVEL: integer({ min: 0, max: 9 })
    .default(1)
    .describe(
      'How hard write requests are compressed, as zlib counts; 1 is made for lines and takes a third of the CPU that zlib takes at its cheapest.',
    ),
  PEGEL_INFLUXDB_CONCURRENT_WRITES: integer({ min: 1, max: 64 })
    .default(4)
    .describe('Writes in flight over all tenants; one tenant has one at a time.'),
  PEGEL_INFLUXDB_IN_FLIGHT: bytes({ min: 1024 * 1024 })
    .default(128 * 1024 * 1024)
    .describe('Records in memory over all tenants; beyond it nothing more is fetched.'),
  PEGEL_INFLUXDB_SERIES_CACHE: bytes({ min: 1024 * 1024 })
    .default(256 * 1024 * 1024)
    .describe('Memory for rendered tags, kept by series.'),
  ...workerSettings,
  ...laneSettings,
  ...replaySettings,
})

export type InfluxdbConfig = z.infer<typeof configSchema>
