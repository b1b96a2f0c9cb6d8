import { join } from 'node:path'
import { decodeRecord, encodeRecord, readBatch } from '@pegel/contracts'
import type { LedgerEntry, LogBatch, ReadBatch } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort, KafkaRecord } from '@pegel/kafka'
import { TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { hashKey } from '@pegel/tenancy'
import { eventually, startService, uniqueName } from '@pegel/testing'
import type { RunningService } from '@pegel/testing'
import { KEYS } from './keys.ts'

const entry = join(process.cwd(), 'dist', 'apps', 'ingest-gateway', 'main.js')
const partitions = 3

export { KEYS }

function tenantYaml(tenant: string, key: string, limits: string): string {
  const credentials = [key, KEYS.both].map((each, index) => `  - {id: k${index}, sha256: ${hashKey(each)}}`)
  return `tenant: ${tenant}\ncredentials:\n${credentials.join('\n')}\nlimits: {${limits}}\n`
}

/** The built gateway as a process of its own, on a Kafka that it shares with others under its own prefix. */
export class RunningGateway {
  readonly kafka: KafkaPort
  readonly #service: RunningService
  readonly #env: Readonly<Record<string, string>>

  private constructor(kafka: KafkaPort, service: RunningService, env: Readonly<Record<string, string>>) {
    this.kafka = kafka
    this.#service = service
    this.#env = env
  }

  /** @param limits of the tenants' files, as YAML flow pairs: `points_per_second: 10` */
  static async start(
    brokers: readonly string[],
    settings: { readonly limits?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<RunningGateway> {
    const prefix = `${uniqueName('gw')}.`
    const kafka = openKafka(brokers, prefix)
    await kafka.ensureTopics({ partitions, replication: 1, retentionDays: 1 })
    const limits = settings.limits ?? ''
    const tenants = ['acme', 'globex'] as const
    await publishTenants(
      kafka,
      tenants.map((tenant) => ({ tenant, version: 3, key: KEYS[tenant], limits })),
    )
    const env = {
      PEGEL_KAFKA_BROKERS: brokers.join(','),
      PEGEL_KAFKA_PREFIX: prefix,
      PEGEL_PARTITIONS: String(partitions),
      PEGEL_ADMIN_PORT: '0',
      PEGEL_HTTP_PORT: '0',
      PEGEL_GRPC_PORT: '0',
      ...settings.env,
    }
    return RunningGateway.#run(kafka, env)
  }

  /** One more gateway of the same deployment. */
  another(): Promise<RunningGateway> {
    const { PEGEL_KAFKA_BROKERS: brokers = '', PEGEL_KAFKA_PREFIX: prefix = '' } = this.#env
    return RunningGateway.#run(openKafka(brokers.split(','), prefix), this.#env)
  }

  static async #run(kafka: KafkaPort, env: Readonly<Record<string, string>>): Promise<RunningGateway> {
    try {
      return new RunningGateway(kafka, await startService({ entry, env }), env)
    } catch (error) {
      await kafka.close()
      throw error
    }
  }

  url(path = '/v1/metrics'): string {
    return `http://127.0.0.1:${Number(this.#service.listening.port)}${path}`
  }

  /** Of its data topics. */
  get partitions(): number {
    return partitions
  }

  get httpPort(): number {
    return Number(this.#service.listening.port)
  }

  get grpcPort(): number {
    return Number(this.#service.listening.grpcPort)
  }

  /** Posts a body as a tenant; headers override. */
  post(body: Buffer | string, headers: Readonly<Record<string, string>> = {}, path?: string): Promise<Response> {
    const defaults = { authorization: `Bearer ${KEYS.acme}`, 'content-type': 'application/json' }
    return fetch(this.url(path), {
      method: 'POST',
      body: new Uint8Array(Buffer.from(body)),
      headers: { ...defaults, ...headers },
    })
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${Number(this.#service.listening.adminPort)}/metrics`)).text()
  }

  /** All records that are in the ingest topic now. */
  async records(): Promise<readonly (ReadBatch & { readonly record: KafkaRecord })[]> {
    const found = await this.#read('pegel.ingest.v1')
    return found.map((record) => ({ record, ...readBatch(record.value ?? Buffer.alloc(0)) }))
  }

  /** All records that are in the topic of events now. */
  async events(): Promise<readonly { readonly record: KafkaRecord; readonly batch: LogBatch }[]> {
    const found = await this.#read('pegel.events.v1')
    return found.map((record) => ({ record, batch: decodeRecord('LogBatch', record.value ?? Buffer.alloc(0)) }))
  }

  /** All that is in the ledger now. */
  async ledger(): Promise<readonly LedgerEntry[]> {
    const found = await this.#read('pegel.ledger.v1')
    return found.map(({ value }) => decodeRecord('LedgerEntry', value ?? Buffer.alloc(0)))
  }

  async #read(topic: string): Promise<readonly KafkaRecord[]> {
    const found: KafkaRecord[] = []
    const reader = await this.kafka.readAll(topic, (record) => found.push(record))
    await reader.caughtUp
    await reader.close()
    return found
  }

  /** What its `listening` line says: ports by door. */
  get listening(): Readonly<Record<string, unknown>> {
    return this.#service.listening
  }

  get lines(): readonly string[] {
    return this.#service.lines
  }

  /** Puts a new version of a tenant's file in force, with another key or other limits; resolves when it is published. */
  publish(
    tenant: 'acme' | 'globex',
    version: number,
    { key = KEYS[tenant], limits = '' }: { readonly key?: string; readonly limits?: string },
  ): Promise<void> {
    return publishTenants(this.kafka, [{ tenant, version, key, limits }])
  }

  /** Puts a file of the reserved tenant in force, and waits until this gateway knows its key. */
  async publishPegel(): Promise<void> {
    await publishTenants(this.kafka, [{ tenant: 'pegel', version: 1, key: KEYS.pegel, limits: '' }])
    const headers = { authorization: `Bearer ${KEYS.pegel}` }
    await eventually(async () => {
      const { status } = await this.post('{"name":"Known"}', headers, '/api/v1/alerts')
      if (status !== 200) throw new Error(`the key of pegel is answered with ${status}`)
    })
  }

  terminate(): Promise<number | null> {
    return this.#service.stop('SIGTERM')
  }

  async close(): Promise<void> {
    await this.#service.stop('SIGKILL')
    await this.kafka.close()
  }
}

function openKafka(brokers: readonly string[], prefix: string): KafkaPort {
  const log = createLogger({ service: 'gateway-test', level: 'silent' })
  const metrics = createMetrics({ service: 'gateway-test', defaults: false })
  return createKafka({ brokers, clientId: 'gateway-test', prefix, log, metrics })
}

interface TenantFile {
  readonly tenant: string
  readonly version: number
  readonly key: string
  readonly limits: string
}

async function publishTenants(kafka: KafkaPort, files: readonly TenantFile[]): Promise<void> {
  const producer = kafka.producer()
  const tenants = files.map(({ tenant, version, key, limits }) => ({
    topic: TENANT_TOPIC,
    key: tenantKey(tenant, version),
    value: encodeRecord('Tenant', {
      tenant,
      version,
      deleted: false,
      yaml: tenantYaml(tenant, key, limits),
      appliedAtMs: Date.now(),
    }),
  }))
  await producer.send(tenants)
  await producer.close()
}
