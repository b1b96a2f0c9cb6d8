import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKafka } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { eventually } from '../../libs/testing/src/eventually.ts'
import { startComponent } from '../../tools/stack/index.ts'
import type { KafkaComponent } from '../../tools/stack/index.ts'
import { argument, machine, renderTable, writeJson } from '../support/report.ts'
import type { Row } from '../support/report.ts'
import { createTopic } from '../support/kafka-admin.ts'
import { CASES } from './cases.ts'
import type { FaultCase } from './cases.ts'
import { DRIVERS } from './drivers.ts'
import type { DriverName } from './drivers.ts'
import { Group } from './group.ts'

const PARTITIONS = 12
const EVERY_MS = 10
const PER_SEND = 5
const WARM_MS = 3000
const AFTER_MS = 5000
const SETTLE_MS = 90_000

/** Three brokers, replication 3, min.insync.replicas 2; 500 records a second; a session of 10 s. */
export async function measureKafkaFaults(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'pegel-kafka-faults-'))
  const kafka = await startComponent('kafka', { dataDir: dir, brokers: 3, local: true, jvm: 'throughput' })
  const wanted = argument('only')
  const rows: Row[] = []
  try {
    for (const fault of CASES.filter(({ name }) => wanted === undefined || name.includes(wanted))) {
      for (const driver of DRIVERS) {
        const row = await measure(kafka, fault, driver)
        rows.push(row)
        process.stdout.write(`${JSON.stringify(row)}\n`)
      }
    }
  } finally {
    await kafka.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  const columns = [
    { key: 'fault', title: 'what happens' },
    { key: 'driver', title: 'driver' },
    { key: 'pause', title: 'worst pause s', decimals: 2 },
    { key: 'duplicates', title: 'duplicates', decimals: 0 },
    { key: 'lost', title: 'lost', decimals: 0 },
    { key: 'restarts', title: 'ended by itself', decimals: 0 },
    { key: 'records', title: 'records', decimals: 0 },
  ]
  process.stdout.write(`\n${machine()}\n\n${renderTable(columns, rows)}\n`)
  writeJson(rows)
}

async function measure(kafka: KafkaComponent, fault: FaultCase, driver: DriverName): Promise<Row> {
  const topic = `bench-${randomBytes(4).toString('hex')}`
  await createTopic(kafka.url, topic, {
    ...{ partitions: PARTITIONS, replicas: 3, config: { 'min.insync.replicas': '2' } },
  })
  const seen = new Seen()
  const groupId = `${topic}-group`
  const group = new Group({
    driver,
    brokers: kafka.url,
    group: groupId,
    topic,
    onValues: (values) => seen.take(values),
  })
  for (let index = 0; index < fault.members; index += 1) group.start(index)
  const writing = startWriting(kafka.url, topic, seen)
  try {
    await eventually(() => seen.check(), { deadlineMs: SETTLE_MS })
    await sleep(WARM_MS)
    seen.begin()
    await fault.strike({ kafka, group, groupId })
    await sleep(AFTER_MS)
    await writing.stop()
    await eventually(() => seen.check(), { deadlineMs: SETTLE_MS }).catch(() => undefined)
  } finally {
    await group.close()
  }
  return { fault: fault.name, driver, ...seen.result(), restarts: group.restarts }
}

/** When each record was acknowledged, and how often and when it was read. */
class Seen {
  readonly #acknowledgedAt = new Map<number, number>()
  readonly #readAt = new Map<number, number>()
  #from = 0
  #worstMs = 0
  #duplicates = 0

  acknowledged(values: readonly number[]): void {
    for (const value of values) this.#acknowledgedAt.set(value, performance.now())
  }

  take(values: readonly number[]): void {
    const now = performance.now()
    for (const value of values) {
      if (this.#readAt.has(value)) {
        if (value >= this.#from) this.#duplicates += 1
        continue
      }
      this.#readAt.set(value, now)
      // Read before its acknowledgement came: no wait at all.
      const waitedMs = now - (this.#acknowledgedAt.get(value) ?? now)
      if (value >= this.#from) this.#worstMs = Math.max(this.#worstMs, waitedMs)
    }
  }

  /** What was written before does not count: members were still finding each other. */
  begin(): void {
    this.#from = this.#acknowledgedAt.size
    this.#worstMs = 0
    this.#duplicates = 0
  }

  /** @throws while something acknowledged was not read, or nothing was written yet */
  check(): void {
    const missing = this.#missing()
    if (this.#acknowledgedAt.size === 0 || missing > 0) throw new Error(`${missing} records were not read`)
  }

  result(): { pause: number; duplicates: number; lost: number; records: number } {
    const records = this.#acknowledgedAt.size - this.#from
    return { pause: this.#worstMs / 1000, duplicates: this.#duplicates, lost: this.#missing(), records }
  }

  #missing(): number {
    let missing = 0
    for (const value of this.#acknowledgedAt.keys()) if (!this.#readAt.has(value)) missing += 1
    return missing
  }
}

function startWriting(brokers: string, topic: string, seen: Seen): { stop(): Promise<void> } {
  const kafka = createKafka({
    ...{ brokers: brokers.split(','), clientId: 'bench-writer' },
    log: createLogger({ service: 'bench', level: 'silent' }),
    metrics: createMetrics({ service: 'bench', defaults: false }),
  })
  const producer = kafka.producer()
  let next = 0
  let running = true
  const loop = async (): Promise<void> => {
    while (running) {
      const values = Array.from({ length: PER_SEND }, () => next++)
      const records = values.map((value) => ({
        topic,
        key: '',
        partition: value % PARTITIONS,
        value: Buffer.from(String(value)),
      }))
      // A send that failed is not repeated: only what was acknowledged has to arrive.
      await producer.send(records, { deadlineMs: 30_000 }).then(
        () => seen.acknowledged(values),
        () => undefined,
      )
      await sleep(EVERY_MS)
    }
  }
  const done = loop()
  return {
    async stop() {
      running = false
      await done
      await kafka.close()
    },
  }
}
