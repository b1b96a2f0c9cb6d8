import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { encodeRecord } from '@pegel/contracts'
import type { KafkaPort } from '@pegel/kafka'
import { TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import { generateKey, hashKey } from '@pegel/tenancy'
import { benchKafka, lagOf } from './kafka.ts'
import { cpuSeconds } from './process-usage.ts'
import { startService } from '../../libs/testing/src/start-service.ts'
import type { RunningService } from '../../libs/testing/src/start-service.ts'

const CLI = join('dist', 'apps', 'cli', 'main.js')

export interface WorldTenant {
  readonly tenant: string
  /** What stands in its file beside its name and its key. */
  readonly yaml: string
}

export interface WorldOptions {
  readonly brokers: string
  readonly partitions: number
  readonly tenants: readonly WorldTenant[]
  /** Built services, in the order in which they start. */
  readonly services: readonly string[]
  /** Of the services and the command line. */
  readonly env?: Readonly<Record<string, string>>
}

/** Built services as users run them, each its own process, with topics of their own. */
export class PegelWorld {
  readonly env: Readonly<Record<string, string>>
  /** API keys by tenant. */
  readonly keys: Readonly<Record<string, string>>
  readonly kafka: KafkaPort
  readonly #services = new Map<string, RunningService>()

  private constructor({ brokers, partitions, tenants, env = {} }: WorldOptions) {
    const prefix = `bench_${randomBytes(4).toString('hex')}.`
    this.kafka = benchKafka(brokers, prefix)
    this.keys = Object.fromEntries(tenants.map(({ tenant }) => [tenant, generateKey()]))
    this.env = {
      PEGEL_KAFKA_BROKERS: brokers,
      PEGEL_KAFKA_PREFIX: prefix,
      PEGEL_PARTITIONS: String(partitions),
      ...{ PEGEL_ADMIN_PORT: '0', PEGEL_HTTP_PORT: '0', PEGEL_GRPC_PORT: '0', PEGEL_LEDGER_PORT: '0' },
      MONITORING_LOG_LEVEL: 'info',
      ...env,
    }
  }

  static async start(options: WorldOptions): Promise<PegelWorld> {
    const world = new PegelWorld(options)
    const { partitions, tenants, services } = options
    try {
      await world.kafka.ensureTopics({ partitions, replication: 1, retentionDays: 1 })
      await world.#publish(tenants)
      for (const name of services) await world.startService(name)
      return world
    } catch (error) {
      await world.stop()
      throw error
    }
  }

  get services(): readonly string[] {
    return [...this.#services.keys()]
  }

  pid(service: string): number {
    return this.#service(service).pid
  }

  /** All that it has printed so far. */
  lines(service: string): readonly string[] {
    return this.#service(service).lines
  }

  /** CPU seconds that each service has used so far. */
  cpuSeconds(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.services.map((name) => [name, cpuSeconds(this.pid(name))]))
  }

  /** What a service said of where it listens. */
  listening(service: string): Readonly<Record<string, unknown>> {
    return this.#service(service).listening
  }

  url(service: string): string {
    return `http://127.0.0.1:${Number(this.listening(service).port)}`
  }

  /** The last lines of its log, and those above info. */
  complaints(service: string): readonly string[] {
    return this.#service(service).lines.filter((line) => /"level":"(WARN|ERROR|warn|error)"/.test(line))
  }

  /** The sum of a metric over all its labels that match. */
  async counted(service: string, name: string, labels = ''): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${Number(this.listening(service).adminPort)}/metrics`)
    const samples = (await answer.text())
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && line.includes(labels))
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
  }

  /** Starts the command line tool and leaves it to itself. @returns what ends it */
  startPegel(...args: string[]): () => Promise<void> {
    const env = { ...process.env, ...this.env }
    const child = spawn(process.execPath, [CLI, ...args], { env, stdio: 'ignore' })
    const over = new Promise<void>((resolve) => child.once('close', () => resolve()))
    return () => {
      child.kill('SIGTERM')
      return over
    }
  }

  /** Where the gateway's doors are. */
  get destination() {
    const { port, grpcPort, statsd = {} } = this.listening('ingest-gateway')
    const [statsdPort = 0] = Object.values(statsd as Readonly<Record<string, number>>)
    const mqttUrl = this.env.PEGEL_MQTT_URL ?? ''
    return { httpPort: Number(port), grpcPort: Number(grpcPort), statsdPort, mqttUrl }
  }

  async startService(name: string): Promise<void> {
    const entry = join('dist', 'apps', name, 'main.js')
    this.#services.set(name, await startService({ entry, env: this.env, startDeadlineMs: 60_000 }))
  }

  async stopService(name: string): Promise<void> {
    await this.#service(name).stop()
    this.#services.delete(name)
  }

  /** Records of a topic that a group has not committed. */
  lag(group: string, topic: string): Promise<number> {
    return lagOf(this.kafka, group, topic)
  }

  /** Runs the command line tool. @returns what it printed, whatever its exit code */
  async pegel(...args: string[]): Promise<string> {
    const env = {
      ...process.env,
      ...this.env,
      PEGEL_LEDGER_URL: this.#services.has('ledger') ? this.url('ledger') : '',
    }
    const options = { env, maxBuffer: 64 * 1024 * 1024 }
    const run = promisify(execFile)(process.execPath, [CLI, ...args], options)
    return run.then(
      ({ stdout }) => stdout,
      (error: unknown) => (error as { readonly stdout: string }).stdout,
    )
  }

  async stop(): Promise<void> {
    for (const service of [...this.#services.values()].toReversed()) await service.stop()
    await this.kafka.close()
  }

  #service(name: string): RunningService {
    const service = this.#services.get(name)
    if (service === undefined) throw new Error(`${name} was not started`)
    return service
  }

  async #publish(tenants: readonly WorldTenant[]): Promise<void> {
    const producer = this.kafka.producer()
    const records = tenants.map(({ tenant, yaml: more }) => {
      const credentials = `credentials: [{id: bench, sha256: ${hashKey(this.keys[tenant] ?? '')}}]`
      const yaml = `tenant: ${tenant}\n${credentials}\n${more}\n`
      const value = encodeRecord('Tenant', { tenant, version: 1, deleted: false, yaml, appliedAtMs: Date.now() })
      return { topic: TENANT_TOPIC, key: tenantKey(tenant, 1), value }
    })
    await producer.send(records)
    await producer.close()
  }
}
