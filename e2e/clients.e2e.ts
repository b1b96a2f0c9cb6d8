import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { clientProgram, freePort, startComponent } from '../tools/stack/index.ts'
import type { RunningComponent } from '../tools/stack/index.ts'
import { startProgram } from './clients/program.ts'
import { newTenant, startPipeline } from './pipeline.ts'
import type { Pipeline, TestTenant } from './pipeline.ts'
import { storedOf } from './stored.ts'

const execute = promisify(execFile)
const example = (name: string): string => join('examples', 'clients', name)

const signing = generateKeyPairSync('ed25519')
const tenants = {
  node: newTenant('node'),
  python: newTenant('python'),
  pythonGrpc: newTenant('python_grpc'),
  collector: newTenant('collector'),
  collectorGrpc: newTenant('collector_grpc'),
  influx: newTenant('influx'),
  json: newTenant('json'),
  mqtt: newTenant('mqtt'),
  statsd: newTenant('statsd'),
  prometheus2: newTenant('prometheus2'),
  prometheus3: newTenant('prometheus3'),
  signed: { ...newTenant('signed'), directKey: rawKey(signing.publicKey.export({ format: 'jwk' }).x) },
}
let pipeline: Pipeline
let broker: RunningComponent
let statsdPort: number

/** JWK has base64url; the tenant's file base64. */
function rawKey(part: string | undefined): string {
  return Buffer.from(part ?? '', 'base64url').toString('base64')
}

/** What every OpenTelemetry SDK reads. */
function otelEnvironment(endpoint: string, { key }: TestTenant): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${key}` }
}

async function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  await execute(command, args, { env: { ...process.env, ...env }, timeout: 60_000 })
}

/** Every backend has these values of the tenant; a dot stands for what a backend writes instead of one. */
async function expectStored(tenant: TestTenant, expected: readonly (readonly [RegExp, number])[]): Promise<void> {
  await eventually(
    async () => {
      for (const [backend, cells] of Object.entries(await storedOf(pipeline, [tenant]))) {
        for (const [series, value] of expected) {
          const found = cells.filter((cell) => series.test(cell.series)).map((cell) => cell.value)
          expect([backend, series, found]).toEqual([backend, series, expect.arrayContaining([value])])
        }
      }
    },
    { deadlineMs: 30_000 },
  )
}

/** examples/clients/prometheus.yml with its blanks filled in, for 2 without the line that only 3 understands. */
function prometheusExample(
  name: 'prometheus' | 'prometheus3',
  { port, key }: { readonly port: number; readonly key: string },
): string {
  const values: Readonly<Record<string, string>> = {
    PROMETHEUS_PORT: String(port),
    PEGEL_HTTP_PORT: new URL(pipeline.gateway).port,
    PEGEL_KEY: key,
  }
  const text = readFileSync(example('prometheus.yml'), 'utf8').replaceAll(
    /\$\{(\w+)\}/g,
    (blank, variable: string) => values[variable] ?? blank,
  )
  return name === 'prometheus3' ? text : text.replace(/^ *protobuf_message:.*$/m, '')
}

/** What the SDK examples record: a counter, the sum of a histogram is in each backend under another name. */
const SHOP = [
  [/shop.orders/, 3],
  [/shop.stock/, 37],
  [/shop.basket.value.*count|shop.basket.value/, 3],
] as const

describe('a client as it comes', () => {
  beforeAll(async () => {
    broker = await startComponent('mosquitto', { dataDir: join('.stack', tenants.mqtt.tenant), local: true })
    statsdPort = await freePort()
    pipeline = await startPipeline(Object.values(tenants), {
      PEGEL_MQTT_URL: broker.url,
      PEGEL_STATSD_LISTENERS: `${tenants.statsd.tenant}=127.0.0.1:${statsdPort}`,
      PEGEL_STATSD_FLUSH_INTERVAL: '1s',
    })
  }, 120_000)

  afterAll(async () => {
    await pipeline.stop()
    await broker.stop()
  })

  it('OpenTelemetry SDK for JavaScript', async () => {
    await run(process.execPath, [example('otel-sdk.mjs')], otelEnvironment(pipeline.gateway, tenants.node))
    await expectStored(tenants.node, SHOP)
  })

  it.each([
    ['http', tenants.python, () => pipeline.gateway],
    ['grpc', tenants.pythonGrpc, () => `http://127.0.0.1:${pipeline.env.PEGEL_GRPC_PORT ?? ''}`],
  ] as const)('OpenTelemetry SDK for Python over %s', async (transport, tenant, endpoint) => {
    const { command, env } = await clientProgram('pythonClients')
    await run(command, [example('otel_sdk.py'), transport], { ...env, ...otelEnvironment(endpoint(), tenant) })
    await expectStored(tenant, SHOP)
  })

  it('OpenTelemetry Collector over both transports', async () => {
    const { command } = await clientProgram('otelCollector')
    const port = String(await freePort())
    const collector = await startProgram(command, ['--config', example('otel-collector.yaml')], {
      COLLECTOR_PORT: port,
      PEGEL_HTTP_PORT: pipeline.env.PEGEL_HTTP_PORT ?? '',
      PEGEL_GRPC_PORT: pipeline.env.PEGEL_GRPC_PORT ?? '',
      PEGEL_KEY: tenants.collector.key,
      PEGEL_KEY_GRPC: tenants.collectorGrpc.key,
    })
    try {
      const endpoint = `http://127.0.0.1:${port}`
      await eventually(() => fetch(endpoint).then(() => undefined), { deadlineMs: 20_000 })
      await run(process.execPath, [example('otel-sdk.mjs')], otelEnvironment(endpoint, { tenant: '', key: 'none' }))
      await expectStored(tenants.collector, SHOP)
      await expectStored(tenants.collectorGrpc, SHOP)
    } finally {
      await collector.stop()
    }
  })

  it.each([
    ['Prometheus 2 over remote write 1.0', 'prometheus', tenants.prometheus2],
    ['Prometheus 3 over remote write 2.0', 'prometheus3', tenants.prometheus3],
  ] as const)('%s', async (_, name, tenant) => {
    const dataDir = join('.stack', tenant.tenant)
    const port = await freePort()
    mkdirSync(dataDir, { recursive: true })
    const configFile = join(dataDir, 'example.yml')
    writeFileSync(configFile, prometheusExample(name, { port, key: tenant.key }))
    const sender = await startComponent(name, { dataDir, local: true, port, config: { configFile } })
    try {
      await expectStored(tenant, [[/prometheus_build_info/, 1]])
    } finally {
      await sender.stop()
    }
  })

  it('curl with Influx line protocol', async () => {
    const { tenant, key } = tenants.influx
    const url = `${pipeline.gateway}/api/v2/write?org=${tenant}&bucket=${tenant}&precision=s`
    const line = `room,floor=2 temperature=21.5 ${Math.floor(Date.now() / 1000)}`
    await run('curl', ['--fail', '-sS', url, '-H', `Authorization: Token ${key}`, '--data-raw', line], {})
    await expectStored(tenants.influx, [[/room.*temperature/, 21.5]])
  })

  it('curl with JSON', async () => {
    const body = JSON.stringify({ name: 'room.temperature', value: 22.5, unit: 'Cel', attributes: { floor: '2' } })
    const headers = ['-H', `Authorization: Bearer ${tenants.json.key}`, '-H', 'Content-Type: application/json']
    await run('curl', ['--fail', '-sS', `${pipeline.gateway}/api/v1/metrics`, ...headers, '-d', body], {})
    await expectStored(tenants.json, [[/room.temperature/, 22.5]])
  })

  it('mosquitto_pub', async () => {
    const { command, env } = await clientProgram('mosquittoPub')
    const { hostname, port } = new URL(broker.url)
    const message = JSON.stringify({ name: 'room.temperature', value: 23.5 })
    const topic = `pegel/${tenants.mqtt.tenant}/metrics`
    await run(command, ['-h', hostname, '-p', port, '-q', '1', '-t', topic, '-m', message], env)
    await expectStored(tenants.mqtt, [[/room.temperature/, 23.5]])
  })

  it('nc with StatsD', async () => {
    const { command } = await clientProgram('netcat')
    const line = 'checkout.level:7|g|#page:cart'
    await run('bash', ['-c', 'printf %s "$2" | "$0" -u -w 1 127.0.0.1 "$1"', command, String(statsdPort), line], {})
    await expectStored(tenants.statsd, [[/checkout.level/, 7]])
  })

  it('Python Kafka client that writes a signed record', async () => {
    const { command, env } = await clientProgram('pythonClients')
    const options = {
      brokers: pipeline.env.PEGEL_KAFKA_BROKERS ?? '',
      tenant: tenants.signed.tenant,
      key: rawKey(signing.privateKey.export({ format: 'jwk' }).d),
      schema: join('libs', 'contracts', 'schemas', 'metric-batch.v1.avsc'),
      topic: `${pipeline.env.PEGEL_KAFKA_PREFIX ?? ''}pegel.ingest-direct.v1`,
    }
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
    await run(command, [example('signed_record.py'), ...args], env)
    await expectStored(tenants.signed, [[/river.level/, 2.75]])
  })
})
