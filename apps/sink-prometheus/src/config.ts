import {
  bytes,
  duration,
  flag,
  integer,
  laneSettings,
  replaySettings,
  secret,
  word,
  workerSettings,
} from '@pegel/config'
import { z } from 'zod'
import { FLAVOURS } from './flavour.ts'

const MIB = 1024 * 1024

/** Settings of sink-prometheus, beside those that all services share. */
export const prometheusConfig = z.object({
  PEGEL_PROMETHEUS_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:9090')
    .describe("Where to write: the receiver's base address, or the full remote-write address."),
  PEGEL_PROMETHEUS_FLAVOUR: word(...FLAVOURS)
    .default('auto')
    .describe('What the receiver is, since they differ in what a refused sample does to its neighbours; auto asks it.'),
  PEGEL_PROMETHEUS_PROTOCOL: word('auto', '1.0', '2.0')
    .default('auto')
    .describe('Version of remote write; auto sends 2.0 to who takes it, else 1.0.'),
  PEGEL_PROMETHEUS_BEARER_TOKEN: secret().optional().describe('Sent as Authorization: Bearer.'),
  PEGEL_PROMETHEUS_BASIC_AUTH: secret().optional().describe('user:password, sent as Authorization: Basic.'),
  PEGEL_PROMETHEUS_NATIVE_HISTOGRAMS: word('auto', 'on', 'off')
    .default('auto')
    .describe(
      'Whether the receiver takes native histograms; auto asks a Prometheus and is off for others. Without, exponential histograms are unsupported.',
    ),
  PEGEL_PROMETHEUS_EXEMPLARS: flag().default(true).describe('Send exemplars along.'),
  PEGEL_PROMETHEUS_MAX_SERIES: integer({ min: 1000 })
    .default(200_000)
    .describe(
      'Series whose labels, and delta series whose totals, are kept in memory; the least recently used go first.',
    ),
  PEGEL_PROMETHEUS_CACHE_BYTES: bytes({ min: MIB })
    .default(128 * MIB)
    .describe('Memory for the labels of these series.'),
  PEGEL_PROMETHEUS_MAX_POINTS: integer({ min: 1 })
    .default(10_000)
    .describe('Points of a tenant in one request, unless a single batch has more.'),
  PEGEL_PROMETHEUS_CONCURRENT_WRITES: integer({ min: 1, max: 1000 })
    .default(8)
    .describe('Requests in flight over all tenants; a tenant has one at most.'),
  PEGEL_PROMETHEUS_TIMEOUT_MS: duration({ min: 100 })
    .default(30_000)
    .describe('How long the receiver may take to answer a request, in ms or as 10s.'),
  PEGEL_PROMETHEUS_IN_FLIGHT_BYTES: bytes({ min: MIB })
    .default(128 * MIB)
    .describe('Records that wait to be written, over all tenants; beyond it consumption pauses.'),
  ...workerSettings,
  ...laneSettings,
  ...replaySettings,
})

export type PrometheusConfig = z.infer<typeof prometheusConfig>
