import { z } from 'zod'
import { duration, flag, integer, list, port, ratio, word } from './settings.ts'

function httpUrl() {
  return z.url({ protocol: /^https?$/ })
}

/** Settings that all services share. MONITORING_ names are those that users know already and keep working as they are. */
export const baseConfig = z.object({
  PEGEL_KAFKA_BROKERS: list().default(['localhost:9092']).describe('Kafka brokers, host:port, separated by commas.'),
  PEGEL_KAFKA_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,100}$/, 'may hold letters, digits, dots, underscores and dashes')
    .default('')
    .describe('Put before every topic and group name, so that deployments can share a Kafka.'),
  PEGEL_PARTITIONS: integer({ min: 1, max: 10_000 })
    .default(64)
    .describe('Partitions of the data topics; fixed when they are created and equal in every service.'),
  PEGEL_REPLICATION: integer({ min: 1, max: 32_767 }).default(1).describe('Replicas of the topics that are created.'),
  PEGEL_KAFKA_SESSION_TIMEOUT_MS: duration({ min: 6000, max: 300_000 })
    .default(10_000)
    .describe(
      'Kafka gives the partitions of a service that died without a word to others after this; brokers allow no less than 6s.',
    ),
  PEGEL_ADMIN_PORT: port().default(9464).describe('Port of /healthz, /readyz and /metrics; 0 takes any free one.'),
  PEGEL_ADMIN_HOST: z.string().min(1).default('0.0.0.0').describe('Address that the admin port listens on.'),
  PEGEL_SHUTDOWN_DEADLINE_MS: duration({ min: 0 })
    .default(10_000)
    .describe('How long work in flight may take to finish after SIGTERM, in ms or as 10s.'),
  MONITORING_ENABLED: flag().default(true).describe("Serve the service's own metrics at /metrics."),
  MONITORING_LOG_LEVEL: word('trace', 'debug', 'info', 'warn', 'error', 'fatal')
    .default('info')
    .describe('Least severe log level that is written, in any case.'),
  MONITORING_RETENTION_DAYS: integer({ min: 1, max: 36_500 })
    .default(30)
    .describe('Days that the ledger, dead letters and parked records are kept.'),
  PEGEL_TRACES_ENDPOINT: httpUrl()
    .optional()
    .describe(
      "Where Pegel's own traces go, as OTLP over HTTP; without a path /v1/traces is added. Not set: no traces.",
    ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl()
    .optional()
    .describe(
      'The same by the name that OpenTelemetry gives it, taken as it is, when PEGEL_TRACES_ENDPOINT is not set.',
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl().optional().describe('When neither is set: /v1/traces under this address.'),
  PEGEL_TRACES_SAMPLE_RATIO: ratio()
    .default(1)
    .describe(
      'Share of traces that begin here and are recorded, 0 to 1; a traceparent that came along decides for its own.',
    ),
  PEGEL_TRACES_MAX_SPANS: integer({ min: 1, max: 1_000_000 })
    .default(2048)
    .describe('Ended spans in memory until they are exported; beyond it they are dropped and counted.'),
})

export type BaseConfig = z.infer<typeof baseConfig>
