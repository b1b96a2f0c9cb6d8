/**
 * What does a sink cost? Million points per second of this process' CPU time: to read records of `metrics`, to turn them into a request, and all of a
 * write to the real backend, answer included (address from the environment, as the sinks have it; `npm run stack -- up` prints it).
 * Whole processes: sink-prometheus, sink-influxdb, sink-elasticsearch.
 */
import { randomBytes } from 'node:crypto'
import { readBatch } from '@pegel/contracts'
import type { MetricRecord, Sink } from '@pegel/pipeline'
import { DEFAULT_ALERTING, DEFAULT_DETECTION, DEFAULT_LIMITS } from '@pegel/tenancy'
import type { TenantConfig } from '@pegel/tenancy'
import { elasticsearch } from './sinks/elasticsearch.ts'
import { influxdb } from './sinks/influxdb.ts'
import { prometheus } from './sinks/prometheus.ts'
import { POINTS_PER_RECORD, Scrapes } from './sinks/records.ts'
import type { SinkSubject } from './sinks/subject.ts'
import { measureRates } from './support/measure.ts'
import type { Column, Row } from './support/report.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'

const COLUMNS: readonly Column[] = [
  { key: 'sink', title: 'sink' },
  { key: 'bytes', title: 'B/point' },
  { key: 'read', title: 'read M/s' },
  { key: 'encode', title: 'read + encode M/s', decimals: 2 },
  { key: 'write', title: 'whole write M/s', decimals: 2 },
  { key: 'wall', title: 'points/s through the backend', decimals: 0 },
]
const SUBJECTS: readonly SinkSubject[] = [prometheus, influxdb, elasticsearch]
const RECORDS_PER_WRITE = 8
const SOURCES = 16
const WRITES = Number(argument('writes') ?? 40)
const rounds = Number(argument('rounds') ?? 5)

process.stdout.write(
  `${machine()}; ${rounds} rounds, ${WRITES} writes of ${RECORDS_PER_WRITE * POINTS_PER_RECORD} points\n\n`,
)
const results: Row[] = []
for (const subject of SUBJECTS) results.push(await measure(subject))
process.stdout.write(`${renderTable(COLUMNS, results)}\n`)
writeJson(results)

async function measure(subject: SinkSubject): Promise<Row> {
  const scrapes = new Scrapes('bench', SOURCES)
  const startMs = Date.now()
  const values = Array.from({ length: RECORDS_PER_WRITE }, () => scrapes.take(startMs))
  const units = RECORDS_PER_WRITE * POINTS_PER_RECORD
  const subjects = [
    { name: 'read', units, run: () => void values.map(recordOf) },
    { name: 'encode', units, run: () => void subject.encode('bench', values.map(recordOf)) },
  ]
  const rates = measureRates(subjects, { rounds, roundMs: 200 })
  const sink = subject.connect()
  if (sink === undefined) process.stdout.write(`${subject.name}: ${subject.variable} is not set, nothing was written\n`)
  return {
    sink: subject.name,
    bytes: subject.encode('bench', values.map(recordOf)) / units,
    read: (rates.get('read') ?? NaN) / 1e6,
    encode: (rates.get('encode') ?? NaN) / 1e6,
    ...(sink === undefined ? { write: '–', wall: '–' } : await throughBackend(sink)),
  }
}

/** A tenant of its own, one write after the other as in a lane; the first quarter warms up. */
async function throughBackend(sink: Sink): Promise<Row> {
  const tenant = `bench_${randomBytes(4).toString('hex')}`
  const config: TenantConfig = {
    tenant,
    version: 1,
    credentials: [],
    directKeys: [],
    staticLabels: {},
    rules: [],
    limits: DEFAULT_LIMITS,
    placement: 'shared',
    sinks: ['prometheus', 'elasticsearch', 'influxdb'],
    detection: DEFAULT_DETECTION,
    alerting: DEFAULT_ALERTING,
  }
  const { signal } = new AbortController()
  const scrapes = new Scrapes(tenant, SOURCES)
  const startMs = Date.now() - 3_600_000
  const writes = Array.from({ length: WRITES }, () =>
    Array.from({ length: RECORDS_PER_WRITE }, () => scrapes.take(startMs)),
  )
  await sink.prepare?.(config, signal)
  const warmUp = Math.floor(WRITES / 4)
  let [before, startedMs] = [process.cpuUsage(), performance.now()]
  for (const [index, values] of writes.entries()) {
    if (index === warmUp) [before, startedMs] = [process.cpuUsage(), performance.now()]
    const { outcomes } = await sink.write({ tenant, config, records: values.map(recordOf) }, signal)
    const delivered = outcomes.reduce((total, outcome) => total + outcome.delivered, 0)
    if (delivered !== RECORDS_PER_WRITE * POINTS_PER_RECORD) throw new Error(`delivered ${delivered} points only`)
  }
  const points = (WRITES - warmUp) * RECORDS_PER_WRITE * POINTS_PER_RECORD
  const { user, system } = process.cpuUsage(before)
  const wall = points / ((performance.now() - startedMs) / 1000)
  await sink.close()
  return { write: points / (user + system), wall }
}

function recordOf(value: Buffer): MetricRecord {
  const { envelope, points } = readBatch(value)
  if (envelope.source === null) throw new Error('a record of metrics has a source')
  return { envelope, source: envelope.source, position: { partition: 0, offset: 0 }, points, select: null }
}
