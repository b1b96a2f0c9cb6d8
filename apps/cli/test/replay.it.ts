import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import type { DeadLetterRecord } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort, KafkaRecord } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { batchOf, eventually, gauge, requireKafka } from '@pegel/testing'
import { Backend, runSinks } from './backend.ts'
import { Cli, directoryOf } from './support.ts'

const METRICS = 'pegel.metrics.v1'
const T0 = Date.UTC(2026, 0, 1)

describe('dead letters and replays', () => {
  let cli: Cli
  let kafka: KafkaPort
  let backend: Backend
  let stop: () => Promise<void>
  let nextOffset: number

  beforeEach(async () => {
    cli = new Cli({ PEGEL_ACTOR: 'ada' })
    backend = new Backend()
    nextOffset = 0
    await cli.run('topics', 'create')
    await cli.run('tenants', 'apply', directoryOf({ 'acme.yaml': 'tenant: acme', 'globex.yaml': 'tenant: globex' }))
    kafka = createKafka({
      brokers: requireKafka(),
      clientId: 'test',
      prefix: cli.env.PEGEL_KAFKA_PREFIX ?? '',
      log: createLogger({ service: 'test', level: 'silent' }),
      metrics: createMetrics({ service: 'test', defaults: false }),
    })
    stop = await runSinks(kafka, backend)
  }, 60_000)
  afterEach(async () => {
    await stop()
    await kafka.close()
  })

  /** A record of `metrics` with a point of each name; its key is the tenant unless told. */
  async function produce(tenant: string, names: readonly string[], key = tenant): Promise<void> {
    const offset = nextOffset++
    const source = { topic: 'pegel.ingest.v1', partition: 0, offset, appendTimeMs: Date.now(), part: 0, parts: 1 }
    const series = names.map((name) => gauge(name, [[T0 + offset * 1000, offset]], { attributes: { tenant } }))
    const { value } = batchOf(tenant, series, { source })
    const producer = kafka.producer()
    await producer.send([{ topic: METRICS, key, value }])
    await producer.close()
  }
  /** A dead letter, as a stage writes it. */
  async function refuse(place: Pick<DeadLetterRecord, 'stage' | 'sink' | 'topic' | 'partition' | 'offset' | 'tenant'>) {
    const { value } = batchOf(place.tenant, [gauge('m', [[T0, 1]])], { source: null })
    const letter: DeadLetterRecord = {
      ...{ ...place, timestampMs: T0, key: Buffer.from(place.tenant), value, headers: [] },
      ...{ refusals: [{ point: -1, reason: 'decode_failed', message: 'no' }] },
      ...{ failedAtMs: T0, settled: '', replayId: '' },
    }
    const producer = kafka.producer()
    const record = { topic: 'pegel.dead-letters.v1', key: place.tenant, value: encodeRecord('DeadLetter', letter) }
    await producer.send([record])
    await producer.close()
  }
  async function recordsOf(topic: string): Promise<readonly KafkaRecord[]> {
    const records: KafkaRecord[] = []
    const reader = await kafka.readAll(topic, (record) => records.push(record))
    await reader.caughtUp
    await reader.close()
    return records
  }
  const json = async (...args: string[]): Promise<Record<string, unknown>[]> =>
    (await cli.run(...args, '--json')).out
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]))
  const letters = (...args: string[]) => json('dead-letters', 'list', ...args)
  async function refuseSome(): Promise<void> {
    backend.refused.add('bad')
    await produce('acme', ['good', 'bad'])
    await produce('acme', ['bad', 'good', 'bad2'])
    await eventually(async () => expect(await letters()).toHaveLength(2))
  }

  it('shows exactly what was refused, and replays it once the cause is mended', async () => {
    await refuseSome()
    const list = await cli.run('dead-letters', 'list', '--tenant', 'acme', '--sink', 'influxdb', '--from', '1h')
    expect(list.out).toMatch(
      /^\d@0 +\S+ +acme +sink influxdb +pegel\.metrics\.v1\/\d@0 +1 points +mapping_conflict +open/m,
    )
    const [first] = await letters()
    const shown = await cli.run('dead-letters', 'show', '--id', `${String(first?.partition)}@0`)
    expect(shown.out).toMatch(
      /^1 +mapping_conflict +bad\{tenant="acme"\} +2026-01-01T00:00:00\.000Z +0 +bad is a text$/m,
    )

    const dry = await cli.run('dead-letters', 'replay', '--dry-run')
    expect(dry.out).toContain('mapping_conflict')
    expect(backend.stored.size).toBe(3)

    backend.refused.clear()
    const replayed = await cli.run('dead-letters', 'replay', '--tenant', 'acme')
    expect(replayed).toMatchObject({ code: 0 })
    expect(replayed.out).toMatch(/^influxdb +delivered 2, already_present 3\nreplay replay-\S+ is written$/m)
    expect([...backend.stored.keys()].sort()).toEqual(
      ['bad', 'good']
        .flatMap((name) => [0, 1000].map((ms) => `acme ${name}@${T0 + ms}`))
        .concat(`acme bad2@${T0 + 1000}`)
        .sort(),
    )
    await eventually(async () => expect(await letters()).toEqual([]))
    expect(await letters('--all')).toEqual([
      expect.objectContaining({ settled: 'replayed' }),
      expect.objectContaining({ settled: 'replayed' }),
    ])
    const done = await json('audit', 'list', '--action', 'dead_letters')
    expect(done.map(({ outcome, actor }) => [outcome, actor])).toEqual([
      ['started', 'ada'],
      ['succeeded', 'ada'],
    ])
  }, 90_000)

  it('keeps open what is refused again', async () => {
    await refuseSome()
    const replayed = await cli.run('dead-letters', 'replay', '--limit', '1')
    expect(replayed.out).toMatch(/^influxdb +already_present 1, dead_lettered 1$/m)
    await eventually(async () =>
      expect(await letters()).toContainEqual(expect.objectContaining({ replayId: expect.stringMatching(/^replay-/) })),
    )
    expect(await letters()).toHaveLength(2)
  }, 90_000)

  it('drops letters when it is told twice, and hides them then', async () => {
    await refuseSome()
    const unsure = await cli.run('dead-letters', 'drop', '--reason', 'mapping_conflict')
    expect(unsure.code).toBe(1)
    expect(unsure.err).toContain('gives up 2 letters')
    expect((await cli.run('dead-letters', 'drop', '--dry-run')).out).toContain('mapping_conflict')
    expect((await cli.run('dead-letters', 'drop', '--yes', '--limit', '1')).out).toBe('1 letters dropped\n')
    expect(await letters()).toHaveLength(1)
    expect(await letters('--all')).toContainEqual(expect.objectContaining({ settled: 'dropped' }))
    expect(await json('audit', 'list', '--action', 'dead_letters.drop')).toHaveLength(2)
  }, 90_000)

  it('replays a span of time, twice, beside live traffic of the same tenant, and changes nothing', async () => {
    for (let i = 0; i < 20; i += 1) await produce('acme', ['m'])
    await produce('globex', ['m'])
    await eventually(() => expect(backend.stored.size).toBe(21))
    const before = [...backend.stored]
    expect((await cli.run('replay', '--tenant', 'acme', '--from', '1h', '--sink', 'influxdb', '--dry-run')).out).toBe(
      '20 records, 20 points of acme for influxdb\n',
    )
    for (let run = 0; run < 2; run += 1) {
      const [replayed] = await Promise.all([
        json('replay', '--tenant', 'acme', '--from', '1h', '--sink', 'influxdb'),
        produce('acme', ['live']),
      ])
      expect(replayed[0]).toMatchObject({
        complete: true,
        unreadable: 0,
        foreign: 0,
        sinks: { influxdb: { deadLettered: 0 } },
      })
    }
    await eventually(() => expect(backend.stored.size).toBe(23))
    expect([...backend.stored].filter(([key]) => !key.includes('live'))).toEqual(before)
  }, 90_000)

  it('goes on with a replay that was interrupted', async () => {
    for (let i = 0; i < 3; i += 1) await produce('acme', ['m'])
    await eventually(() => expect(backend.stored.size).toBe(3))
    const [first] = await json('replay', '--tenant', 'acme', '--from', '1h', '--sink', 'influxdb')
    backend.stored.clear()
    const [resumed] = await json('replay', '--resume', String(first?.replayId))
    // All but the last record were sent before.
    expect(resumed).toMatchObject({ replayId: first?.replayId, records: 1, complete: true })
    expect((await cli.run('replay', '--resume', 'replay-of-nothing')).err).toContain('error cli.no_replay')
  }, 90_000)

  it('sends what was ingested through the enricher again, says so, and goes on where it was interrupted', async () => {
    const ingested = [gauge('m', [[T0, 1]], { attributes: { tenant: 'acme' } })]
    const { value } = batchOf('acme', ingested, { source: null })
    const producer = kafka.producer()
    for (const topic of ['pegel.ingest.v1', 'pegel.ingest.v1', 'pegel.ingest-direct.v1'])
      await producer.send([{ topic, key: 'acme', value }])
    await producer.close()
    const span = ['--reprocess', '--tenant', 'acme', '--from', '1h', '--sink', 'influxdb']
    expect((await cli.run('replay', ...span, '--dry-run')).out).toBe('3 records, 3 points of acme for influxdb\n')
    // There is no enricher here.
    const run = await cli.run('replay', ...span, '--wait', '1s')
    expect(run.err).toContain("by version 1 of acme's file")
    expect(run.out).toMatch(/^3 records, 3 points of acme for influxdb\n[^]*is not written yet/)
    const [event] = await json('audit', 'list', '--action', 'replay.reprocess')
    const resumed = await json('replay', '--resume', String(event?.target), '--wait', '1s')
    // The last record of each topic is sent again.
    expect(resumed).toMatchObject([{ records: 2, complete: false }])
    const sent = await recordsOf('pegel.replay.v1')
    expect(sent.map(({ headers }) => [headers['pegel-sink'], headers['pegel-source']].map(String))).toEqual(
      expect.arrayContaining([['enricher>influxdb', expect.stringMatching(/^pegel\.ingest\.v1\/\d@0$/)]]),
    )
    expect(sent).toHaveLength(5)
    expect(backend.stored.size).toBe(0)
  }, 90_000)

  it('sends letters of the enricher through it again, and those of logs to the runner of logs', async () => {
    const letter = { stage: 'enricher', sink: '', topic: 'pegel.ingest.v1', partition: 0, offset: 3, tenant: 'acme' }
    await refuse(letter)
    await refuse({ ...letter, offset: 4, tenant: 'pegel' })
    await refuse({ ...letter, offset: 5, tenant: 'nobody' })
    const [replayed] = await json('dead-letters', 'replay', '--wait', '1s')
    // To each sink that the newest version of the tenant's file names.
    expect(replayed).toMatchObject({ records: 3, complete: false })
    const sinks = (await recordsOf('pegel.replay.v1')).map(({ headers }) => String(headers['pegel-sink']))
    expect(sinks.sort()).toEqual(['enricher>elasticsearch', 'enricher>influxdb', 'enricher>prometheus'])
    await refuse({ ...letter, stage: 'sink', sink: 'elasticsearch', topic: 'pegel.events.v1' })
    const logs = ['dead-letters', 'replay', '--sink', 'elasticsearch']
    expect((await json(...logs, '--wait', '1s'))[0]).toMatchObject({ records: 1, complete: false })
    const far = { topic: 'pegel.replay.v1', partition: 0, offset: 1_000 }
    await kafka.bookmark('sink-elasticsearch-logs.replay', [far])
    expect((await json(...logs, '--wait', '5s'))[0]).toMatchObject({ records: 1, complete: true })
  }, 90_000)

  it('leaves out what is not the tenant’s or cannot be read, and says so', async () => {
    await produce('acme', ['m'])
    await produce('globex', ['m'], 'acme')
    const producer = kafka.producer()
    await producer.send([{ topic: METRICS, key: 'acme', value: Buffer.from('no batch') }])
    await producer.close()
    const run = await cli.run('replay', '--tenant', 'acme', '--from', '1h', '--sink', 'influxdb')
    expect(run.code).toBe(1)
    expect(run.out).toContain('1 records, 1 points of acme for influxdb; left out: 1 unreadable, 1 of another tenant')
    expect(run.err).toContain('error cli.not_replayed')
  }, 90_000)

  it('replays nothing of a tenant that is gone or never was, and wants to be told what', async () => {
    await cli.run('tenants', 'apply', directoryOf({ 'globex.yaml': 'tenant: globex' }), '--prune')
    const replay = async (...args: string[]) => (await cli.run('replay', ...args)).err
    const all = ['--from', '1h', '--sink', 'influxdb']
    expect(await replay('--tenant', 'acme', ...all)).toContain('Tenant acme was deleted')
    expect(await replay('--tenant', 'nobody', ...all)).toContain('Tenant nobody does not exist')
    expect(await replay(...all)).toContain('--tenant: is needed')
    expect(await replay('--tenant', 'globex', '--from', '1h', '--sink', 'nowhere')).toContain('no sink nowhere')
    expect(await replay('--tenant', 'globex', ...all, '--to', '2h')).toContain('is not after --from')
    expect(await replay('--tenant', 'globex', ...all, '--rate', 'fast')).toContain('--rate')
    expect(await replay('--tenant', 'globex', ...all, '--wait', 'long')).toContain('--wait')
  }, 90_000)
})
