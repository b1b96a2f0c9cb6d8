import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { startTcpProxy } from '../../../libs/testing/src/tcp-proxy.ts'
import type { TcpProxy } from '../../../libs/testing/src/tcp-proxy.ts'
import { Books } from '../oracle/books.ts'
import { BACKENDS } from './backends.ts'
import type { Backends } from './backends.ts'
import { startCluster } from './cluster.ts'
import type { Cluster } from './cluster.ts'
import { Fleet } from './fleet.ts'
import { isLinked, SERVICES } from './services.ts'
import type { Ports, Replica, ServiceName } from './services.ts'
import { Tenants } from './tenants.ts'

export const PARTITIONS = 4

/** Everything that a scenario breaks: a Kafka, its services, and the backends that all rigs share. */
export interface Rig {
  readonly dir: string
  readonly cluster: Cluster
  readonly backends: Backends
  readonly fleet: Fleet
  readonly tenants: Tenants
  readonly books: Books
  /** Past every proxy, under the rig's prefix. */
  readonly kafka: KafkaPort
  readonly prefix: string
  /** Between the clients and each gateway. */
  readonly doorways: readonly TcpProxy[]
  /** Addresses of the gateways that run. */
  gateways(): readonly string[]
  /** host:port of the metrics of a service. */
  metricsOf(name: ServiceName): string
  stop(): Promise<void>
}

export interface RigOptions {
  readonly dir: string
  readonly brokers: 1 | 3
  readonly backends: Backends
  readonly portsOf: (name: ServiceName, replica: Replica) => Ports
}

/** Services notice the death of a consumer after this; Kafka allows no less than 6 s. */
const SESSION_MS = 6000
/** How long a backend may take to answer: short enough to wait for in a scenario, long enough for a busy machine. */
const ANSWER_MS = 10_000

export async function startRig({ dir, brokers, backends, portsOf }: RigOptions): Promise<Rig> {
  mkdirSync(join(dir, 'logs'), { recursive: true })
  const cluster = await startCluster(join(dir, 'kafka'), brokers)
  const prefix = `faults_${randomBytes(4).toString('hex')}.`
  const kafka = createKafka({
    ...{ brokers: cluster.kafka.url.split(','), clientId: 'faults', prefix },
    log: createLogger({ service: 'faults', level: 'silent' }),
    metrics: createMetrics({ service: 'faults', defaults: false }),
  })
  await kafka.ensureTopics({ partitions: PARTITIONS, replication: brokers, retentionDays: 30 })
  const doorways = await Promise.all(
    ([0, 1] as const).map((replica) =>
      startTcpProxy({ host: '127.0.0.1', port: portsOf('ingest-gateway', replica).main }),
    ),
  )
  const envOf = (name: ServiceName, replica: Replica): Readonly<Record<string, string>> => {
    const { admin, main, grpc } = portsOf(name, replica)
    return {
      ...backends.env,
      PEGEL_KAFKA_BROKERS: isLinked(name) ? cluster.brokersOf(name) : cluster.kafka.url,
      PEGEL_KAFKA_PREFIX: prefix,
      PEGEL_PARTITIONS: String(PARTITIONS),
      PEGEL_REPLICATION: String(brokers),
      PEGEL_KAFKA_SESSION_TIMEOUT_MS: String(SESSION_MS),
      PEGEL_ADMIN_PORT: String(admin),
      PEGEL_HTTP_PORT: String(main),
      PEGEL_GRPC_PORT: String(grpc),
      PEGEL_LEDGER_PORT: String(main),
      PEGEL_LEDGER_INTERVAL_MS: '500',
      ...Object.fromEntries(BACKENDS.map((sink) => [`PEGEL_${sink.toUpperCase()}_TIMEOUT_MS`, String(ANSWER_MS)])),
    }
  }
  const fleet = new Fleet({ envOf, portsOf, logs: join(dir, 'logs') })
  const stop = async (): Promise<void> => {
    await fleet.stopAll()
    await kafka.close()
    await Promise.all(doorways.map((doorway) => doorway.close()))
    await cluster.stop()
  }
  try {
    await Promise.all(SERVICES.map((name) => fleet.start(name)))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ...{ dir, cluster, backends, fleet, kafka, prefix, doorways, stop },
    tenants: new Tenants(kafka),
    books: new Books(`http://127.0.0.1:${portsOf('ledger', 0).main}`, BACKENDS),
    gateways: () =>
      doorways.flatMap(({ host, port }, replica) =>
        fleet.runs('ingest-gateway', replica as Replica) || replica === 0 ? [`http://${host}:${port}`] : [],
      ),
    metricsOf: (name) => `127.0.0.1:${portsOf(name, 0).admin}`,
  }
}
