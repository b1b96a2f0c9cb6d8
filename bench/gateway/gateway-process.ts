import { randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { encodeRecord } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import { TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { generateKey, hashKey } from '@pegel/tenancy'

const TENANT = 'bench'
const PARTITIONS = 12
/** USER_HZ of Linux, in which /proc counts CPU time. */
const TICKS_PER_SECOND = 100

/** The built gateway as users run it, with a tenant that nothing limits. */
export class GatewayProcess {
  readonly url: string
  readonly key: string
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number, key: string) {
    this.#child = child
    this.url = `http://127.0.0.1:${port}/v1/metrics`
    this.key = key
  }

  static async start(brokers: string): Promise<GatewayProcess> {
    const prefix = `bench_${randomBytes(4).toString('hex')}.`
    const key = generateKey()
    await prepare(brokers, prefix, key)
    const env = {
      PEGEL_KAFKA_BROKERS: brokers,
      PEGEL_KAFKA_PREFIX: prefix,
      PEGEL_PARTITIONS: String(PARTITIONS),
      PEGEL_ADMIN_PORT: '0',
      PEGEL_HTTP_PORT: '0',
      MONITORING_LOG_LEVEL: 'info',
    }
    const entry = join('dist', 'apps', 'ingest-gateway', 'main.js')
    const child = spawn(process.execPath, [entry], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const port = await listeningPort(child)
    return new GatewayProcess(child, port, key)
  }

  /** CPU seconds that it has used so far, in user and system mode. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.#child.pid ?? 0}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  }

  /** Resident memory, in MiB. */
  memoryMib(): number {
    const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid ?? 0}/status`, 'utf8')) ?? []
    return Number(kib) / 1024
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exited
  }
}

async function prepare(brokers: string, prefix: string, key: string): Promise<void> {
  const log = createLogger({ service: 'bench', level: 'silent' })
  const metrics = createMetrics({ service: 'bench', defaults: false })
  const kafka = createKafka({ brokers: brokers.split(','), clientId: 'bench', prefix, log, metrics })
  await kafka.ensureTopics({ partitions: PARTITIONS, replication: 1, retentionDays: 1 })
  const limits = 'points_per_second: 1000000000, burst_points: 1000000000'
  const yaml = `tenant: ${TENANT}\ncredentials: [{id: bench, sha256: ${hashKey(key)}}]\nlimits: {${limits}}\n`
  const tenant = { tenant: TENANT, version: 1, deleted: false, yaml, appliedAtMs: Date.now() }
  await kafka
    .producer()
    .send([{ topic: TENANT_TOPIC, key: tenantKey(TENANT, 1), value: encodeRecord('Tenant', tenant) }])
  await kafka.close()
}

async function listeningPort(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the gateway has no output')
  const lines = createInterface({ input: child.stdout })
  for await (const line of lines) {
    const [, port] = line.includes('"message":"listening"') ? (/"port":(\d+)/.exec(line) ?? []) : []
    if (port !== undefined) {
      child.stdout.resume()
      return Number(port)
    }
  }
  throw new Error('the gateway ended before it listened: run npm run build, and look at its output above')
}
