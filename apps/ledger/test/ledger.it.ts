import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import type { LedgerAnswer } from '@pegel/pipeline'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { bookOneRecord, eventually, requireKafka, startService, uniqueName } from '@pegel/testing'
import type { BookedRecord, RunningService } from '@pegel/testing'

const entry = join(process.cwd(), 'dist', 'apps', 'ledger', 'main.js')
const partitions = 3

/** The built service on a real Kafka that holds one record. */
class RunningLedger {
  #service: RunningService | undefined
  #kafka: KafkaPort | undefined

  async start(booked: BookedRecord): Promise<void> {
    const prefix = `${uniqueName('ledger')}.`
    const brokers = requireKafka()
    const log = createLogger({ service: 'ledger-test', level: 'silent' })
    const metrics = createMetrics({ service: 'ledger-test', defaults: false })
    this.#kafka = createKafka({ brokers, clientId: 'ledger-test', prefix, log, metrics })
    await this.#kafka.ensureTopics({ partitions, replication: 1, retentionDays: 1 })
    await bookOneRecord(this.#kafka, booked)
    const env = {
      PEGEL_KAFKA_BROKERS: brokers.join(','),
      PEGEL_KAFKA_PREFIX: prefix,
      PEGEL_PARTITIONS: String(partitions),
      ...{ PEGEL_ADMIN_PORT: '0', PEGEL_LEDGER_PORT: '0', PEGEL_LEDGER_INTERVAL_MS: '200' },
    }
    this.#service = await startService({ entry, env })
  }

  get url(): string {
    return `http://127.0.0.1:${Number(this.#service?.listening.port)}`
  }

  admin(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${Number(this.#service?.listening.adminPort)}${path}`)
  }

  async ask(query = ''): Promise<LedgerAnswer> {
    const response = await fetch(`${this.url}/ledger${query}`)
    expect(response.status).toBe(200)
    return (await response.json()) as LedgerAnswer
  }

  /** Once the books were judged with the record in them. */
  answer(): Promise<LedgerAnswer> {
    return eventually(async () => {
      const answer = await this.ask()
      expect(answer.windows.length + answer.missingRecords.length).toBeGreaterThan(0)
      return answer
    })
  }

  async book(booked: BookedRecord): Promise<void> {
    if (this.#kafka !== undefined) await bookOneRecord(this.#kafka, booked)
  }

  async stop(): Promise<number | null | undefined> {
    const code = await this.#service?.stop()
    await this.#kafka?.close()
    return code
  }
}

describe('the ledger service with books that balance', () => {
  const ledger = new RunningLedger()

  beforeAll(() => ledger.start({ enricher: true, delivered: 5 }), 60_000)
  afterAll(async () => {
    expect(await ledger.stop()).toBe(0)
  })

  it('tells the closed minute', async () => {
    const { windows, missingParts, missingRecords } = await ledger.answer()
    expect(windows).toHaveLength(1)
    expect(windows[0]).toMatchObject({ closed: true, balanced: true, tenants: [{ tenant: 'acme', received: 5 }] })
    expect([missingParts, missingRecords]).toEqual([[], []])
  })

  it('answers only what it is asked', async () => {
    await ledger.answer()
    const of = async (query: string) =>
      (await ledger.ask(query)).tenants.map(({ sinks }) => sinks.map(({ sink }) => sink))
    expect(await of('?tenant=acme&since=0')).toEqual([['influxdb']])
    expect(await of('?tenant=globex')).toEqual([])
    expect(await of('?sink=prometheus,elasticsearch')).toEqual([[]])
    expect(await of(`?since=${new Date().toISOString()}`)).toEqual([])
    const bad = await fetch(`${ledger.url}/ledger?since=yesterday`)
    expect([bad.status, await bad.json()]).toEqual([400, expect.objectContaining({ code: 'ledger.bad_question' })])
  })

  it('counts in its metrics what came while it ran, once', async () => {
    await ledger.answer()
    await ledger.book({ enricher: true, delivered: 5 })
    await eventually(async () => expect((await ledger.answer()).tenants[0]?.sinks[0]?.delivered).toBe(10))
    const { takenAtMs } = await ledger.answer()
    await eventually(async () => expect((await ledger.answer()).takenAtMs).toBeGreaterThan(takenAtMs))
    const text = await (await ledger.admin('/metrics')).text()
    expect(text).toMatch(/^pegel_ledger_received_points_total\{tenant="acme",.*\} 5$/m)
    expect(text).toMatch(/^pegel_ledger_points_total\{tenant="acme",sink="influxdb",outcome="delivered",.*\} 5$/m)
    expect(text).toMatch(/^pegel_ledger_kept_records\{.*\} 0$/m)
    expect(text).toMatch(/^pegel_ledger_in_flight_points\{tenant="acme",sink="influxdb",.*\} 0$/m)
    expect(text).toMatch(/^pegel_ledger_oldest_undelivered_age_seconds\{tenant="acme",sink="influxdb",.*\} 0$/m)
    expect(text).toMatch(/^pegel_ledger_unbalanced_points\{tenant="acme",sink="influxdb",.*\} 0$/m)
    expect(text).toMatch(/^pegel_ledger_missing_records\{.*\} 0$/m)
  })

  it('is ready, and says where its books are', async () => {
    await ledger.answer()
    expect((await ledger.admin('/readyz')).status).toBe(200)
    const answer = await fetch(`${ledger.url}/books`)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ code: 'ledger.not_found' })
  })
})

describe('the ledger service with books that do not balance', () => {
  it.each([
    [
      'a sink lacks an outcome',
      { enricher: true, delivered: 0 },
      /^pegel_ledger_unbalanced_points\{tenant="acme",sink="influxdb",.*\} 5$/m,
    ],
    ['the enricher lacks a record', { enricher: false, delivered: 0 }, /^pegel_ledger_missing_records\{.*\} 1$/m],
  ])(
    'says that %s',
    async (_, booked, metric) => {
      const ledger = new RunningLedger()
      await ledger.start(booked)
      await ledger.answer()
      expect(await (await ledger.admin('/metrics')).text()).toMatch(metric)
      await ledger.stop()
    },
    60_000,
  )
})
