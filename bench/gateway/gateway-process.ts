import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { encodeRecord } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import { TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { generateKey, hashKey } from '@pegel/tenancy'
import { startService } from '../../libs/testing/src/start-service.ts'
import type { RunningService } from '../../libs/testing/src/start-service.ts'
import { cpuSeconds, memoryMib } from '../support/process-usage.ts'

const TENANT = 'bench'
const PARTITIONS = 12

/** The built gateway as users run it, with a tenant that nothing limits. */
export class GatewayProcess {
  readonly key: string
  /** Environment by which other services join it: the same Kafka, the same topics. */
  readonly env: Readonly<Record<string, string>>
  readonly #service: RunningService

  readonly #mqttUrl: string

  private constructor(
    service: RunningService,
    { key, env, mqttUrl }: Pick<GatewayProcess, 'key' | 'env'> & { mqttUrl: string },
  ) {
    this.#service = service
    this.key = key
    this.env = env
    this.#mqttUrl = mqttUrl
  }

  /** @param mqttUrl of a broker that it shall subscribe to; empty for none */
  static async start(brokers: string, mqttUrl = ''): Promise<GatewayProcess> {
    const prefix = `bench_${randomBytes(4).toString('hex')}.`
    const key = generateKey()
    await prepare(brokers, prefix, key)
    const env = {
      PEGEL_KAFKA_BROKERS: brokers,
      PEGEL_KAFKA_PREFIX: prefix,
      PEGEL_PARTITIONS: String(PARTITIONS),
      PEGEL_ADMIN_PORT: '0',
      MONITORING_LOG_LEVEL: 'info',
    }
    const entry = join('dist', 'apps', 'ingest-gateway', 'main.js')
    const own = { PEGEL_HTTP_PORT: '0', PEGEL_GRPC_PORT: '0', PEGEL_STATSD_LISTENERS: `${TENANT}=127.0.0.1:0` }
    const mqtt: Record<string, string> = mqttUrl === '' ? {} : { PEGEL_MQTT_URL: mqttUrl }
    return new GatewayProcess(await startService({ entry, env: { ...env, ...own, ...mqtt } }), { key, env, mqttUrl })
  }

  get url(): string {
    return `http://127.0.0.1:${this.destination.httpPort}/v1/metrics`
  }

  get destination() {
    const { port, grpcPort, statsd } = this.#service.listening
    const { [TENANT]: statsdPort = 0 } = statsd as Readonly<Record<string, number>>
    return {
      ...{ httpPort: Number(port), grpcPort: Number(grpcPort), statsdPort },
      ...{ mqttUrl: this.#mqttUrl, key: this.key },
    }
  }

  /** The sum of a counter over all its labels. */
  async counted(name: string): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${Number(this.#service.listening.adminPort)}/metrics`)
    const samples = (await answer.text()).split('\n').filter((line) => line.startsWith(`${name}{`))
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }

  /** CPU seconds that it has used so far. */
  cpuSeconds(): number {
    return cpuSeconds(this.#service.pid)
  }

  memoryMib(): number {
    return memoryMib(this.#service.pid)
  }

  async stop(): Promise<void> {
    await this.#service.stop()
  }
}

async function prepare(brokers: string, prefix: string, key: string): Promise<void> {
  const log = createLogger({ service: 'bench', level: 'silent' })
  const metrics = createMetrics({ service: 'bench', defaults: false })
  const kafka = createKafka({ brokers: brokers.split(','), clientId: 'bench', prefix, log, metrics })
  await kafka.ensureTopics({ partitions: PARTITIONS, replication: 1, retentionDays: 1 })
  const unlimited = ['points_per_second', 'burst_points', 'bytes_per_second', 'burst_bytes', 'max_active_series']
  const limits = unlimited.map((limit) => `${limit}: 1000000000000`).join(', ')
  const yaml = `tenant: ${TENANT}\ncredentials: [{id: bench, sha256: ${hashKey(key)}}]\nlimits: {${limits}}\n`
  const tenant = { tenant: TENANT, version: 1, deleted: false, yaml, appliedAtMs: Date.now() }
  await kafka
    .producer()
    .send([{ topic: TENANT_TOPIC, key: tenantKey(TENANT, 1), value: encodeRecord('Tenant', tenant) }])
  await kafka.close()
}
