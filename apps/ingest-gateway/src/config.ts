import { bytes, duration, integer, port } from '@pegel/config'
import { z } from 'zod'

/** Environment of the gateway, besides what all services share. */
export const configSchema = z.object({
  PEGEL_HTTP_PORT: port().default(4318).describe('Port of all protocols over HTTP; 0 takes any free one.'),
  PEGEL_HTTP_HOST: z.string().min(1).default('0.0.0.0').describe('Address that HTTP listens on.'),
  PEGEL_LINGER_MS: duration({ min: 0, max: 1000 })
    .default(5)
    .describe('How long a small request waits for others of its tenant, to share a record with them.'),
  PEGEL_PRODUCE_DEADLINE_MS: duration({ min: 1 })
    .default(8000)
    .describe('How long Kafka may take to acknowledge before the answer is 503. OTLP exporters give up after 10 s.'),
  PEGEL_SERIES_CACHE: integer({ min: 1 })
    .default(500_000)
    .describe('Series, of all tenants, whose encoded labels are kept in memory.'),
  PEGEL_MAX_BODY_BYTES_IN_FLIGHT: bytes({ min: 1024 })
    .default(256 * 1024 * 1024)
    .describe('Bytes of request bodies in memory at a time; beyond it the answer is 503.'),
  PEGEL_MAX_PRODUCE_BYTES_IN_FLIGHT: bytes({ min: 1024 * 1024 })
    .default(64 * 1024 * 1024)
    .describe('Bytes of records that wait for Kafka at a time; beyond it the answer is 503.'),
})

export type GatewayConfig = z.infer<typeof configSchema>
