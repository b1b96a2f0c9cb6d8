/**
 * How many log events should stand in one record of `pegel.events.v1`? The answer is docs/adr/0006-log-batches.md. Rates are thousand events
 * per second of CPU time of this process; the producer and the consumer talk to the Kafka of PEGEL_KAFKA_BROKERS, if that is set.
 */
import { randomBytes } from 'node:crypto'
import { constants, zstdCompressSync } from 'node:zlib'
import { decodeRecord, encodeRecord } from '@pegel/contracts'
import type { LogBatch, LogEvent } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { documentsOf } from '../apps/sink-elasticsearch/src/logs/log-documents.ts'
import { measureRates } from './support/measure.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'
import type { Column } from './support/report.ts'

const EVENTS = 5000
const TENANT = 'acme'
const SIZES = [1, 10, 100, 1000]
const COLUMNS: readonly Column[] = [
  { key: 'size', title: 'events a record', decimals: 0 },
  { key: 'bytes', title: 'B/event' },
  { key: 'packed', title: 'zstd-1' },
  { key: 'encode', title: 'encode k/s', decimals: 0 },
  { key: 'render', title: 'decode, render k/s', decimals: 0 },
  { key: 'produce', title: 'produce k/s', decimals: 0 },
  { key: 'consume', title: 'consume k/s', decimals: 0 },
]

const now = Date.now()
const events = Array.from({ length: EVENTS }, (_, index) => eventOf(index))
const rounds = Number(argument('rounds') ?? 5)

function eventOf(index: number): LogEvent {
  return {
    ...{ timeMs: now + index, timeNs: 0, observedMs: now, severity: 9, level: 'info' },
    message: `GET /api/carts/${index * 7919} answered 200 in ${index % 97} ms`,
    ...{ traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') },
    ...{ name: '', category: '', outcome: '', sourceAddress: '' },
    attributes: [
      { key: 'http.request.method', value: 'GET' },
      { key: 'http.response.status_code', value: '200' },
      { key: 'url.path', value: `/api/carts/${index * 7919}` },
      { key: 'user.id', value: String(index % 500) },
    ],
  }
}

function batchesOf(size: number): readonly LogBatch[] {
  const resource = ['host.name', 'service.version', 'deployment.environment.name'].map((key) => ({
    key,
    value: `${key} of shop`,
  }))
  const group = { service: 'shop', resource, scopeName: 'http', scopeVersion: '1.0.0' }
  return Array.from({ length: Math.ceil(EVENTS / size) }, (_, index) => {
    const own = events.slice(index * size, (index + 1) * size)
    const head = {
      tenant: TENANT,
      batchId: randomBytes(16),
      configVersion: 1,
      receivedAtMs: now,
      protocol: 'otlp_http',
    }
    return { ...head, received: own.length, refused: [], events: own.length, groups: [{ ...group, events: own }] }
  })
}

const subjects = SIZES.map((size) => {
  const batches = batchesOf(size)
  const values = batches.map((batch) => encodeRecord('LogBatch', batch))
  const place = { partition: 0, offset: 0 }
  const source = { topic: 'pegel.events.v1', ...place, appendTimeMs: now, part: 0, parts: 1 }
  const render = (value: Buffer): void => {
    const batch = decodeRecord('LogBatch', value)
    const envelope = { ...batch, points: batch.events }
    const documents = documentsOf({ envelope, source, position: place, select: null, batch }, 0, {
      dataset: 'pegel',
      tenant: TENANT,
    })
    if (documents.length !== batch.events) throw new Error('events were lost')
  }
  return {
    size,
    values,
    encode: () => batches.forEach((batch) => encodeRecord('LogBatch', batch)),
    render: () => values.forEach(render),
  }
})

/** Events per CPU second of sending them all, once Kafka has them, and of reading them back. */
async function throughKafka(
  values: readonly Buffer[],
): Promise<{ readonly produce: number; readonly consume: number } | undefined> {
  const brokers = process.env.PEGEL_KAFKA_BROKERS?.split(',')
  if (brokers === undefined) return undefined
  const metrics = createMetrics({ service: 'bench', defaults: false })
  const log = createLogger({ service: 'bench', level: 'silent' })
  const prefix = `bench_${randomBytes(4).toString('hex')}.`
  const kafka = createKafka({ brokers, clientId: 'bench', prefix, log, metrics })
  await kafka.ensureTopics({ partitions: 1, replication: 1, retentionDays: 1 })
  const producer = kafka.producer({ compression: 'zstd' })
  const records = values.map((value) => ({ topic: 'pegel.events.v1', key: TENANT, value }))
  const produce = await rateOf(rounds, () => producer.send(records))
  await producer.close()
  const consume = await rateOf(rounds, async () => {
    const reader = await kafka.readAll('pegel.events.v1', () => undefined)
    await reader.caughtUp
    await reader.close()
  })
  await kafka.close()
  // Reading starts from the beginning each time, and the rounds of the producer are all there.
  return { produce, consume: consume * rounds }
}

async function rateOf(times: number, work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let time = 0; time < times; time++) await work()
  const { user, system } = process.cpuUsage(before)
  return (EVENTS * times) / ((user + system) / 1e6)
}

const rates = measureRates(
  subjects.flatMap(({ size, encode, render }) => [
    { name: `${size} encode`, units: EVENTS, run: encode },
    { name: `${size} render`, units: EVENTS, run: render },
  ]),
  { rounds, roundMs: 100 },
)
const rows = []
for (const { size, values } of subjects) {
  const packed = zstdCompressSync(Buffer.concat(values), { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
  const kafka = await throughKafka(values)
  const thousands = (rate: number | undefined): number | string => (rate === undefined ? '–' : rate / 1e3)
  rows.push({
    size,
    bytes: values.reduce((sum, value) => sum + value.length, 0) / EVENTS,
    packed: packed.length / EVENTS,
    encode: thousands(rates.get(`${size} encode`)),
    render: thousands(rates.get(`${size} render`)),
    produce: thousands(kafka?.produce),
    consume: thousands(kafka?.consume),
  })
}
process.stdout.write(`${machine()}; ${rounds} rounds of ${EVENTS} events\n\n${renderTable(COLUMNS, rows)}\n`)
writeJson(rows)
