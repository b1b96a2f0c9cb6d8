import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pegel, type CommandResult } from '../tools/demo/run/pegel.ts'
import { startServices, type Services } from '../tools/demo/run/services.ts'
import { freePort } from '../tools/stack/index.ts'

/** A tenant made for one test: its name is its own, since the backends are shared. */
export interface TestTenant {
  readonly tenant: string
  readonly key: string
  /** Base64 of the public half, for a tenant that writes signed records itself. */
  readonly directKey?: string
  /** Default: shared. */
  readonly placement?: 'dedicated' | 'shared'
  /** More of its file. */
  readonly more?: string
}

export interface Pipeline {
  readonly env: Readonly<Record<string, string>>
  readonly gateway: string
  readonly services: Services
  readonly sinceMs: number
  /** Log lines of all services so far. */
  log(): readonly string[]
  /** The command line, against this pipeline. */
  pegel(...args: readonly string[]): Promise<CommandResult>
  /** Publishes the tenants' files. */
  apply(tenants: readonly TestTenant[]): Promise<void>
  /** POST /v1/metrics with OTLP/JSON. */
  send(body: object, headers: Readonly<Record<string, string>>): Promise<{ status: number; answer: unknown }>
  stop(): Promise<void>
}

const NEEDED = [
  'PEGEL_KAFKA_BROKERS',
  'PEGEL_ELASTICSEARCH_URL',
  'PEGEL_INFLUXDB_URL',
  'PEGEL_INFLUXDB_TOKEN',
  'PEGEL_INFLUXDB_ORG',
  'PEGEL_PROMETHEUS_URL',
]

const TARGET = 'ingest-gateway,enricher,sink-prometheus,sink-elasticsearch,sink-influxdb'

export function newTenant(name: string): TestTenant {
  return { tenant: `${name}_${randomBytes(4).toString('hex')}`, key: `pgl_${randomBytes(32).toString('base64url')}` }
}

/** The services as real processes, on topics of their own; `npm run build` must have been run. */
export async function startPipeline(
  tenants: readonly TestTenant[],
  settings: Readonly<Record<string, string>> = {},
  target = TARGET,
): Promise<Pipeline> {
  const missing = NEEDED.filter((name) => process.env[name] === undefined)
  if (missing.length > 0) throw new Error(`${missing.join(', ')} must be set: run npm test, or npm run stack -- up`)
  const dir = mkdtempSync(join(tmpdir(), 'pegel-e2e-'))
  const port = await freePort()
  const env = {
    ...Object.fromEntries(NEEDED.map((name) => [name, process.env[name] ?? ''])),
    PEGEL_KAFKA_PREFIX: `e2e_${randomBytes(4).toString('hex')}.`,
    PEGEL_PARTITIONS: '4',
    PEGEL_REPLICATION: '1',
    PEGEL_HTTP_PORT: String(port),
    PEGEL_GRPC_PORT: String(await freePort()),
    ...settings,
  }
  const run = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await pegel(args, env)
    if (code !== 0) throw new Error(stderr)
  }
  const apply = async (all: readonly TestTenant[]): Promise<void> => {
    writeTenants(join(dir, 'tenants'), all)
    await run('tenants', 'apply', join(dir, 'tenants'))
  }
  await run('topics', 'create')
  await apply(tenants)
  mkdirSync(join(dir, 'logs'))
  const services = await startServices({ target, env, logs: join(dir, 'logs'), runState: join(dir, 'run.json') })
  const gateway = `http://127.0.0.1:${port}`
  return {
    ...{ env, gateway, services, apply, sinceMs: Date.now() - 60_000 },
    pegel: (...args) => pegel(args, env),
    log: () => readFileSync(join(dir, 'logs', 'pegel-run.log'), 'utf8').split('\n'),
    send: (body, headers) => post(`${gateway}/v1/metrics`, body, headers),
    stop: () => services.stop(),
  }
}

function writeTenants(dir: string, tenants: readonly TestTenant[]): void {
  mkdirSync(dir, { recursive: true })
  for (const { tenant, key, directKey, placement = 'shared', more = '' } of tenants) {
    const sha256 = createHash('sha256').update(key).digest('hex')
    const direct = directKey === undefined ? '' : `direct_keys: [{ id: test, public_key: '${directKey}' }]\n`
    writeFileSync(
      join(dir, `${tenant}.yaml`),
      `tenant: ${tenant}\ncredentials:\n  - id: test\n    sha256: ${sha256}\n${direct}placement: ${placement}\n${more}`,
    )
  }
}

async function post(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>>,
): ReturnType<Pipeline['send']> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  return { status: response.status, answer: await response.json() }
}

/** One gauge with one point, in OTLP/JSON. */
export function gauge(name: string, value: number, timeMs: number): object {
  const dataPoints = [
    { timeUnixNano: `${timeMs}000000`, asDouble: value, attributes: [{ key: 'host', value: { stringValue: 'a' } }] },
  ]
  return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints } }] }] }] }
}
