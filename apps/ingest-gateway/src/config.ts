import { MIN_LINK_SECRET_LENGTH } from '@pegel/alerting'
import { bytes, duration, integer, port, secret, word, workerSettings } from '@pegel/config'
import { z } from 'zod'
import { topicTemplate } from './doors/mqtt/topic-template.ts'
import { statsdListeners } from './doors/statsd/listeners-setting.ts'

/** Environment of the gateway, besides what all services share. */
export const configSchema = z.object({
  PEGEL_HTTP_PORT: port().default(4318).describe('Port of all protocols over HTTP; 0 takes any free one.'),
  PEGEL_HTTP_HOST: z.string().min(1).default('0.0.0.0').describe('Address that HTTP listens on.'),
  PEGEL_HTTP_HEADERS_TIMEOUT: duration({ min: 100 })
    .default(10_000)
    .describe('How long the head of a request over HTTP may take; a connection that says nothing is closed then, too.'),
  PEGEL_HTTP_REQUEST_TIMEOUT: duration({ min: 100 })
    .default(60_000)
    .describe('How long a whole request over HTTP may take to arrive.'),
  PEGEL_HTTP_MAX_HEADER_BYTES: bytes({ min: 1024 })
    .default(16 * 1024)
    .describe('Bytes of the head of a request over HTTP.'),
  PEGEL_MAX_CONNECTIONS: integer({ min: 1 })
    .default(10_000)
    .describe('Connections at a time, over HTTP and over gRPC each; more are closed at once.'),
  PEGEL_GRPC_PORT: port().default(4317).describe('Port of all protocols over gRPC; 0 takes any free one.'),
  PEGEL_GRPC_HOST: z.string().min(1).default('0.0.0.0').describe('Address that gRPC listens on.'),
  PEGEL_GRPC_STREAM_BATCHES: integer({ min: 1 })
    .default(64)
    .describe('Batches of one pegel.ingest.v1 stream that may be sent and not yet answered.'),
  PEGEL_GRPC_STREAM_BYTES: bytes({ min: 1024 })
    .default(32 * 1024 * 1024)
    .describe('Bytes of them; never less than limits.max_request_bytes of the tenant.'),
  PEGEL_TLS_CERT_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with the certificate and its chain: HTTP and gRPC speak TLS then. Read at start.'),
  PEGEL_TLS_KEY_FILE: z.string().min(1).optional().describe('PEM file with the private key of the certificate.'),
  PEGEL_TLS_CLIENT_CA_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with authorities: clients must show a certificate that one of them signed.'),
  ...workerSettings,
  PEGEL_LINGER_MS: duration({ min: 0, max: 1000 })
    .default(5)
    .describe('How long a small request waits for others of its tenant, to share a record with them.'),
  PEGEL_PRODUCE_DEADLINE_MS: duration({ min: 1 })
    .default(8000)
    .describe('How long Kafka may take to acknowledge before the answer is 503. OTLP exporters give up after 10 s.'),
  PEGEL_SERIES_CACHE: integer({ min: 1 })
    .default(500_000)
    .describe('Series, of all tenants, whose encoded labels are kept in memory.'),
  PEGEL_OTLP_TEMPLATE_BYTES: bytes({ min: 0 })
    .default(16 * 1024 * 1024)
    .describe(
      'Memory for OTLP requests that clients send again and again with another time and other values, about twice their size each; 0 turns it off.',
    ),
  PEGEL_ACTIVE_SERIES_WINDOW: duration({ min: 1000 })
    .default(1_200_000)
    .describe('How long a series counts as active after its last point (limits.max_active_series).'),
  PEGEL_MAX_TRACKED_SERIES: integer({ min: 1 })
    .default(5_000_000)
    .describe(
      'Active series of all tenants that are counted, about 18 bytes each; beyond it new ones are let in uncounted.',
    ),
  PEGEL_MAX_BODY_BYTES_IN_FLIGHT: bytes({ min: 1024 })
    .default(256 * 1024 * 1024)
    .describe('Bytes of request bodies in memory at a time; beyond it the answer is 503.'),
  PEGEL_MAX_PRODUCE_BYTES_IN_FLIGHT: bytes({ min: 1024 * 1024 })
    .default(64 * 1024 * 1024)
    .describe('Bytes of records that wait for Kafka at a time; beyond it the answer is 503.'),
  PEGEL_LINK_SECRET: secret({ minLength: MIN_LINK_SECRET_LENGTH })
    .optional()
    .describe(
      'Checks the links of alert messages; the same as in the alert-router, 32 characters or more. Not set: no links.',
    ),
  PEGEL_STATSD_LISTENERS: statsdListeners()
    .default([])
    .describe('UDP ports for StatsD by tenant, as acme=127.0.0.1:8125,globex=127.0.0.1:8126. None unless set.'),
  PEGEL_STATSD_FLUSH_INTERVAL: duration({ min: 100, max: 600_000 })
    .default(10_000)
    .describe('How long StatsD is added up before it becomes points.'),
  PEGEL_STATSD_MAX_SERIES: integer({ min: 1 })
    .default(50_000)
    .describe('Series, with the members of sets, of one tenant within one interval of StatsD; more are refused.'),
  PEGEL_MQTT_URL: z
    .union([z.literal(''), z.url({ protocol: /^(mqtt|mqtts|ws|wss)$/ })])
    .default('')
    .describe('Broker to subscribe to: mqtt://, mqtts://, ws:// or wss://. MQTT is off unless set.'),
  PEGEL_MQTT_USERNAME: z.string().min(1).optional().describe('User at the broker.'),
  PEGEL_MQTT_PASSWORD: secret().optional().describe('Its password.'),
  PEGEL_MQTT_VERSION: word('5', '3.1.1').default('5').describe('Version of MQTT to speak.'),
  PEGEL_MQTT_TOPIC: topicTemplate()
    .default('pegel/{tenant}/metrics')
    .describe("Topic of each tenant. Whoever may publish there writes as that tenant: guard it by the broker's ACL."),
  PEGEL_MQTT_GROUP: z
    .string()
    .regex(/^[^/+#]*$/)
    .default('pegel')
    .describe('Shared subscription, so that each message goes to one gateway; empty where a broker has none.'),
  PEGEL_MQTT_CLIENT_ID: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Stable and unique per gateway: the broker then keeps messages while it is away. Random and without that unless set.',
    ),
  PEGEL_MQTT_SESSION_EXPIRY: duration({ min: 1000 })
    .default(3_600_000)
    .describe('How long the broker shall keep them.'),
  PEGEL_MQTT_MAX_IN_FLIGHT: integer({ min: 1, max: 65_535 })
    .default(256)
    .describe('Messages on their way to Kafka at a time.'),
})

export type GatewayConfig = z.infer<typeof configSchema>
