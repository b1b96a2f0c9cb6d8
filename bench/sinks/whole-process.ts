import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeRecord } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { startService } from '../../libs/testing/src/start-service.ts'
import { cpuSeconds } from '../support/process-usage.ts'
import type { Row } from '../support/report.ts'
import { POINTS_PER_RECORD, Scrapes } from './records.ts'

/** A built sink in front of a backend. */
export interface ProcessSubject {
  readonly name: string
  readonly app: string
  readonly group: string
  readonly env: Readonly<Record<string, string>>
}

export interface ProcessOptions {
  readonly brokers: string
  readonly records: number
  readonly tenants: number
  /** Series repeat after so many records of a tenant. */
  readonly sources: number
}

const TOPIC = 'pegel.metrics.v1'
const DEADLINE_MS = 300_000

/**
 * A sink as it is run: its own process, from records that wait in Kafka to the commit behind the last one. CPU time is the whole process',
 * from /proc: Kafka client, decompression, garbage collection, ledger and commits included.
 */
export async function measureProcess(subject: ProcessSubject, options: ProcessOptions): Promise<Row> {
  const prefix = `bench-${randomBytes(4).toString('hex')}-`
  const log = createLogger({ service: 'bench', level: 'error' })
  const metrics = createMetrics({ service: 'bench', defaults: false })
  const kafka = createKafka({ brokers: options.brokers.split(','), clientId: 'bench', prefix, log, metrics })
  await kafka.ensureTopics({ partitions: 4, replication: 1, retentionDays: 1 })
  await fill(kafka, options)
  const service = await startService({
    entry: `dist/apps/${subject.app}/main.js`,
    env: {
      ...subject.env,
      PEGEL_KAFKA_BROKERS: options.brokers,
      PEGEL_KAFKA_PREFIX: prefix,
      PEGEL_PARTITIONS: '4',
      PEGEL_ADMIN_PORT: '0',
      MONITORING_LOG_LEVEL: 'info',
    },
    startDeadlineMs: 60_000,
  })
  // What the start costs, and what was read by then, is left out: counting begins at the first commit that is seen.
  const first = await until(kafka, subject.group, (left) => left < options.records)
  const [cpuBefore, startedMs] = [cpuSeconds(service.pid), performance.now()]
  await until(kafka, subject.group, (left) => left === 0)
  const cpu = cpuSeconds(service.pid) - cpuBefore
  const seconds = (performance.now() - startedMs) / 1000
  await service.stop()
  await kafka.close()
  const points = first * POINTS_PER_RECORD
  return { sink: subject.name, points: points / 1e6, process: points / cpu / 1e6, wall: points / seconds }
}

/** A remote-write receiver that takes everything: what the sink alone can do. */
export async function acceptAll(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() }
}

async function fill(kafka: KafkaPort, { records, tenants, sources }: ProcessOptions): Promise<void> {
  const producer = kafka.producer()
  const startMs = Date.now() - 3_600_000
  const names = Array.from({ length: tenants }, () => `bench_${randomBytes(4).toString('hex')}`)
  for (const tenant of names) {
    const value = encodeRecord('Tenant', {
      tenant,
      version: 1,
      deleted: false,
      yaml: `tenant: ${tenant}\n`,
      appliedAtMs: startMs,
    })
    await producer.send([{ topic: 'pegel.tenants.v1', key: `${tenant}@1`, value }])
  }
  const scrapes = names.map((tenant) => ({ tenant, scrapes: new Scrapes(tenant, sources) }))
  for (let record = 0; record < records; record += tenants) {
    const batch = scrapes.map((each) => ({ topic: TOPIC, key: each.tenant, value: each.scrapes.take(startMs) }))
    await producer.send(batch.slice(0, records - record))
  }
  await producer.close()
}

/** Waits and returns how many records are not committed then. */
async function until(kafka: KafkaPort, group: string, enough: (left: number) => boolean): Promise<number> {
  const endMs = Date.now() + DEADLINE_MS
  while (Date.now() < endMs) {
    const [ends, committed] = await Promise.all([kafka.offsets(TOPIC), kafka.committed(group, TOPIC)])
    const at = new Map(committed.map(({ partition, offset }) => [partition, Math.max(0, offset)]))
    const left = ends.reduce((sum, { partition, latest }) => sum + latest - (at.get(partition) ?? 0), 0)
    if (enough(left)) return left
    await sleep(20)
  }
  throw new Error(`${group} has not caught up within ${DEADLINE_MS} ms`)
}
