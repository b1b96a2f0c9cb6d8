import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort, Producer } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { generateKey } from '@pegel/tenancy'
import { Broker } from '../../apps/ingest-gateway/test/mqtt/broker.ts'
import { PROBED } from '../../libs/testing/src/memory-probe.ts'
import { startService } from '../../libs/testing/src/start-service.ts'
import type { RunningService } from '../../libs/testing/src/start-service.ts'
import { publishTenant } from './tenants.ts'

export const SERVICES = [
  'ingest-gateway',
  'enricher',
  'sink-prometheus',
  'sink-elasticsearch',
  'sink-influxdb',
  'anomaly-detector',
  'ledger',
  'alert-router',
] as const
export type ServiceName = (typeof SERVICES)[number]

/** Who attacks, and who sends next door what anybody may send. */
export const MALLORY = 'mallory'
export const QUIET = 'quiet'
export const PARTITIONS = 3

/** Every service as a process of its own, on topics of its own, and the keys of the two tenants. */
export interface World {
  /** Of this run alone. */
  readonly id: string
  /** Addresses of the backends, as environment. */
  readonly env: Readonly<Record<string, string>>
  readonly kafka: KafkaPort
  readonly producer: Producer
  readonly broker: Broker
  readonly services: ReadonlyMap<ServiceName, RunningService>
  readonly keys: Readonly<Record<string, string>>
  readonly ports: { readonly http: number; readonly grpc: number; readonly statsd: number; readonly ledger: number }
  readonly adminPort: (service: ServiceName) => number
  /** Ends all services as their supervisor would, and starts them again. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const START_MS = 240_000
const CACHE_BYTES = String(8 * 1024 * 1024)
/** Invented series fill them while the run warms up, so that what grows after that is a leak. */
const SMALL_CACHES = {
  ...{ PEGEL_SERIES_CACHE: '20000', PEGEL_DETECTOR_MAX_SERIES: '5000' },
  ...{ PEGEL_ENRICHER_CACHE_BYTES: CACHE_BYTES, PEGEL_PROMETHEUS_CACHE_BYTES: CACHE_BYTES },
  ...{ PEGEL_ELASTICSEARCH_SERIES_CACHE: CACHE_BYTES, PEGEL_INFLUXDB_SERIES_CACHE: CACHE_BYTES },
}

/** @param stack addresses of Kafka and of the backends, as environment */
export async function startWorld(stack: Readonly<Record<string, string>>, root: string): Promise<World> {
  const id = randomBytes(4).toString('hex')
  const prefix = `fuzz_${id}.`
  const brokers = (stack.PEGEL_KAFKA_BROKERS ?? '').split(',')
  const kafka = createKafka({
    ...{ brokers, clientId: 'fuzz', prefix },
    log: createLogger({ service: 'fuzz', level: 'silent' }),
    metrics: createMetrics({ service: 'fuzz', defaults: false }),
  })
  await kafka.ensureTopics({ partitions: PARTITIONS, replication: 1, retentionDays: 1 })
  const producer = kafka.producer()
  const keys = { [MALLORY]: generateKey(), [QUIET]: generateKey() }
  await publishTenant(producer, { tenant: QUIET, key: keys[QUIET] })
  const limits = { max_active_series: 20_000, points_per_second: 20_000, max_points_per_request: 10_000 }
  // A stream of its own: the names of all metrics that share one count against one limit of Elasticsearch.
  await publishTenant(producer, { tenant: MALLORY, key: keys[MALLORY], limits, placement: 'dedicated' })
  const broker = await Broker.start()
  const env = {
    ...stack,
    PEGEL_KAFKA_PREFIX: prefix,
    PEGEL_PARTITIONS: String(PARTITIONS),
    PEGEL_REPLICATION: '1',
    ...{ PEGEL_ADMIN_PORT: '0', PEGEL_ADMIN_HOST: '127.0.0.1', PEGEL_HTTP_PORT: '0', PEGEL_GRPC_PORT: '0' },
    ...{ PEGEL_LEDGER_PORT: '0', PEGEL_STATSD_LISTENERS: `${MALLORY}=127.0.0.1:0`, PEGEL_STATSD_FLUSH_INTERVAL: '1s' },
    ...SMALL_CACHES,
    ...PROBED,
    ...{ PEGEL_MQTT_URL: broker.url, PEGEL_HTTP_HEADERS_TIMEOUT: '5s', PEGEL_HTTP_REQUEST_TIMEOUT: '10s' },
  }
  const services = new Map<ServiceName, RunningService>()
  const start = async (name: ServiceName): Promise<void> => {
    const entry = join(root, 'dist', 'apps', name, 'main.js')
    services.set(name, await startService({ entry, env, startDeadlineMs: START_MS }))
  }
  const stopAll = () => Promise.all([...services.values()].map((service) => service.stop()))
  const startAll = async (): Promise<void> => {
    const failed = (await Promise.allSettled(SERVICES.map(start))).find(({ status }) => status === 'rejected')
    if (failed === undefined) return
    await Promise.all([stopAll(), broker.stop(), kafka.close()])
    throw new Error('a service does not start', { cause: failed })
  }
  await startAll()
  const listening = (name: ServiceName): Readonly<Record<string, unknown>> => services.get(name)?.listening ?? {}
  return {
    ...{ id, env, kafka, producer, broker, services, keys },
    get ports() {
      const { port, grpcPort, statsd } = listening('ingest-gateway')
      const { [MALLORY]: udp = 0 } = statsd as Readonly<Record<string, number>>
      return { http: Number(port), grpc: Number(grpcPort), statsd: udp, ledger: Number(listening('ledger').port) }
    },
    adminPort: (name) => Number(listening(name).adminPort),
    async restart() {
      await stopAll()
      await startAll()
    },
    async stop() {
      await stopAll()
      await broker.stop()
      await kafka.close()
    },
  }
}
