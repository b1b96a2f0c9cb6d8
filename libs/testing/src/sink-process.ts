import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { decodeRecord, encodeRecord } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort, Producer } from '@pegel/kafka'
import { toReplay } from '@pegel/pipeline'
import type { SinkName } from '@pegel/tenancy'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { batchOf } from './batch-of.ts'
import { requireKafka } from './components.ts'
import { eventually } from './eventually.ts'
import { gauge } from './series-spec.ts'
import type { StoredSeries } from './sink-contract/options.ts'
import { startService } from './start-service.ts'
import type { RunningService } from './start-service.ts'
import { uniqueName } from './unique-name.ts'

export interface SinkProcessOptions {
  readonly name: SinkName
  /** What the built sink needs to reach its backend. */
  readonly env: () => Readonly<Record<string, string>>
  /** What the backend holds of a tenant, placed `shared`. */
  readonly read: (tenant: string) => Promise<readonly StoredSeries[]>
}

const RECORDS = 60
const TOPIC = 'pegel.metrics.v1'

/** Declares what every sink promises as a process of its own: kill -9 in the middle loses nothing and repeats nothing, and SIGTERM ends it. */
export function sinkProcess(options: SinkProcessOptions): void {
  const { name, read } = options
  describe(`sink-${name} as a process`, () => {
    let tenants: readonly string[]
    let world: World
    beforeEach(async () => {
      tenants = [uniqueName('process'), uniqueName('process')]
      world = await World.open(options, tenants)
    })
    afterEach(() => world.close())

    it('stores every point once, under its own tenant, though it is killed in the middle', async () => {
      const atMs = Math.floor(Date.now() / 1000) * 1000 - 120_000
      const first = await world.start()
      const admin = `http://127.0.0.1:${String(first.listening.adminPort)}`
      await eventually(async () => expect((await fetch(`${admin}/readyz`)).status).toBe(200))
      for (let record = 0; record < RECORDS; record += 1) {
        if (record === RECORDS / 2) await first.stop('SIGKILL')
        await world.produce((index) => [atMs + record * 1000, record + index / 2])
      }
      const second = await world.start()
      await eventually(async () => expect(await world.lag()).toBe(0), { deadlineMs: 60_000 })
      for (const [index, tenant] of tenants.entries()) {
        const [series, ...others] = await read(tenant)
        expect(others).toEqual([])
        const expected = Array.from({ length: RECORDS }, (_, record) => [atMs + record * 1000, record + index / 2])
        expect(series?.points.map(({ timeMs, value }) => [timeMs, value])).toEqual(expected)
      }
      expect(await second.stop('SIGTERM')).toBe(0)
    }, 90_000)

    it('writes what a replay sends, beside what comes in, and what is there stays there once', async () => {
      const atMs = Math.floor(Date.now() / 1000) * 1000 - 120_000
      await world.start()
      await world.produce((index) => [atMs, index])
      await world.replay((index) => [atMs + 1000, index + 1])
      await world.replay((index) => [atMs, index])
      for (const [index, tenant] of tenants.entries()) {
        const stored = async (): Promise<unknown> =>
          (await read(tenant)).map(({ points }) => points.map(({ value }) => value))
        await eventually(async () => expect(await stored()).toEqual([[index, index + 1]]), { deadlineMs: 30_000 })
      }
      await eventually(async () => expect(await world.replayed()).toBe(2 * tenants.length), { deadlineMs: 30_000 })
    }, 90_000)
  })
}

/** Topics of one test's own, with its tenants in them. */
class World {
  readonly #options: SinkProcessOptions
  readonly #tenants: readonly string[]
  readonly #prefix = `${uniqueName('p')}-`
  readonly #kafka: KafkaPort
  readonly #producer: Producer
  readonly #services = new Set<RunningService>()
  #replayed = 0

  private constructor(options: SinkProcessOptions, tenants: readonly string[]) {
    this.#options = options
    this.#tenants = tenants
    const metrics = createMetrics({ service: 'test', defaults: false })
    const log = createLogger({ service: 'test', level: 'silent' })
    this.#kafka = createKafka({ brokers: requireKafka(), clientId: 'test', prefix: this.#prefix, log, metrics })
    this.#producer = this.#kafka.producer()
  }

  static async open(options: SinkProcessOptions, tenants: readonly string[]): Promise<World> {
    const world = new World(options, tenants)
    await world.#kafka.ensureTopics({ partitions: 2, replication: 1, retentionDays: 1 })
    for (const tenant of tenants) {
      const yaml = `tenant: ${tenant}\nsinks: [${options.name}]\n`
      const value = encodeRecord('Tenant', { tenant, version: 1, deleted: false, yaml, appliedAtMs: Date.now() })
      await world.#producer.send([{ topic: 'pegel.tenants.v1', key: `${tenant}@1`, value }])
    }
    return world
  }

  async start(): Promise<RunningService> {
    const service = await startService({
      entry: `dist/apps/sink-${this.#options.name}/main.js`,
      env: {
        PEGEL_KAFKA_BROKERS: requireKafka().join(','),
        PEGEL_KAFKA_PREFIX: this.#prefix,
        PEGEL_PARTITIONS: '2',
        PEGEL_ADMIN_PORT: '0',
        PEGEL_ADMIN_HOST: '127.0.0.1',
        ...this.#options.env(),
      },
    })
    this.#services.add(service)
    return service
  }

  /** One record for each tenant, with one point. */
  async produce(point: (index: number) => readonly [timeMs: number, value: number]): Promise<void> {
    const records = this.#tenants.map((tenant, index) => {
      const { value } = batchOf(tenant, [gauge('process_case', [point(index)])])
      return { topic: TOPIC, key: tenant, value }
    })
    await this.#producer.send(records)
  }

  /** The same by a replay, of records that retention may have removed from `metrics`. */
  async replay(point: (index: number) => readonly [timeMs: number, value: number]): Promise<void> {
    const note = { replayId: 'replay-1', letterTenant: '', written: true, late: new Set<number>() }
    const records = this.#tenants.map((tenant, index) => {
      const offset = this.#replayed++
      const source = { topic: 'pegel.ingest.v1', partition: 0, offset, appendTimeMs: 0, part: 0, parts: 1 }
      const { value } = batchOf(tenant, [gauge('process_case', [point(index)])], { source })
      const place = { topic: TOPIC, partition: 0, offset, timestampMs: 0 }
      return toReplay({ ...place, key: Buffer.from(tenant), value, headers: {} }, this.#options.name, note)
    })
    await this.#producer.send(records)
  }

  /** Rows that the ledger holds of replays, one a record. */
  async replayed(): Promise<number> {
    const keys = new Set<string>()
    const reader = await this.#kafka.readAll('pegel.ledger.v1', ({ value }) => {
      const entry = decodeRecord('LedgerEntry', value ?? new Uint8Array())
      if (entry.stage === 'replay') for (const { replayId, offset } of entry.rows) keys.add(`${replayId}@${offset}`)
    })
    await reader.caughtUp
    await reader.close()
    return keys.size
  }

  /** Records that are not committed. */
  async lag(): Promise<number> {
    const committed = await this.#kafka.committed(`sink-${this.#options.name}`, TOPIC)
    const ends = await this.#kafka.offsets(TOPIC)
    const behind = ends.map(({ partition, latest }) => {
      const offset = committed.find((each) => each.partition === partition)?.offset ?? -1
      return latest - Math.max(0, offset)
    })
    return behind.reduce((total, each) => total + each, 0)
  }

  async close(): Promise<void> {
    for (const service of this.#services) await service.stop('SIGKILL')
    await this.#producer.close()
    await this.#kafka.close()
  }
}
