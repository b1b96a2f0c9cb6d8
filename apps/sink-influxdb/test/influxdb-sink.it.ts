import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { MetricRecord, Outcome, Sink, WriteResult } from '@pegel/pipeline'
import {
  batchOf,
  complex,
  deltaSum,
  gauge,
  histogramPoint,
  startHttpGate,
  tenantConfig,
  uniqueName,
} from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import type { Placement } from '@pegel/tenancy'
import { bucketOf, SHARED_BUCKET } from '../src/placement.ts'
import { CASES } from './cases.ts'
import { parseLine } from './parse-line.ts'
import {
  bucketNamed,
  createSink,
  readOnlyToken,
  removeBucket,
  rowsOf,
  seriesOf,
  settings,
  writeLines,
} from './influxdb.ts'

const GOLDEN = new URL('./golden/', import.meta.url)
const DAY_MS = 86_400_000
const NOW = Date.now() - 60_000
const { signal } = new AbortController()
const buckets = new Set<string>()
const sinks = new Set<Sink>()

afterEach(async () => {
  for (const bucket of buckets) await removeBucket(bucket)
  for (const sink of sinks) await sink.close()
  buckets.clear()
  sinks.clear()
})

interface Place {
  readonly tenant: string
  readonly bucket: string
  readonly sink: Sink
  readonly write: (...records: readonly (readonly SeriesSpec[])[]) => Promise<WriteResult>
  readonly outcome: (series: readonly SeriesSpec[]) => Promise<Outcome>
}

async function place(placement: Placement, options: Parameters<typeof createSink>[0] = {}): Promise<Place> {
  const config = tenantConfig(uniqueName('influx'), { placement })
  const { tenant } = config
  const sink = createSink(options)
  const bucket = bucketOf(config)
  sinks.add(sink)
  if (placement === 'dedicated') buckets.add(bucket)
  const write: Place['write'] = (...records) =>
    sink.write(
      { tenant, config, records: records.map((series): MetricRecord => batchOf(tenant, series).record) },
      signal,
    )
  const outcome: Place['outcome'] = async (series) => {
    const [answer] = (await write(series)).outcomes
    if (answer === undefined) throw new Error('no outcome')
    return answer
  }
  await sink.prepare?.(config, signal)
  return { tenant, bucket, sink, write, outcome }
}

const at = (bucket: string, tenant: string): Promise<unknown> =>
  rowsOf(bucket, tenant).then((rows) => rows.map(({ _measurement, _field, _value }) => [_measurement, _field, _value]))

describe('buckets', () => {
  it('makes a dedicated tenant a bucket of its own and puts the others into one', async () => {
    const [own, shared] = [await place('dedicated'), await place('shared')]
    await own.write([gauge('m', [[NOW, 1]])])
    await shared.write([gauge('m', [[NOW, 2]])])
    expect(own.bucket).toBe(`pegel_${own.tenant}`)
    expect(await at(own.bucket, own.tenant)).toEqual([['m', 'gauge', 1]])
    expect(await at(SHARED_BUCKET, own.tenant)).toEqual([])
    expect(await at(SHARED_BUCKET, shared.tenant)).toEqual([['m', 'gauge', 2]])
  })

  it('keeps the same series of two tenants at one instant apart, in one bucket too', async () => {
    const [one, two] = [await place('shared'), await place('shared')]
    const series = (value: number): SeriesSpec[] => [gauge('m', [[NOW, value]], { attributes: { tenant: 'forged' } })]
    await one.write(series(1))
    await two.write(series(2))
    expect(await at(SHARED_BUCKET, one.tenant)).toEqual([['m', 'gauge', 1]])
    expect(await at(SHARED_BUCKET, two.tenant)).toEqual([['m', 'gauge', 2]])
  })

  it('sets the retention, and sets it again when the setting has changed', async () => {
    const { bucket, tenant } = await place('dedicated')
    const seconds = async (): Promise<number | undefined> =>
      (await bucketNamed(bucket))?.retentionRules[0]?.everySeconds
    expect(await seconds()).toBe((settings().MONITORING_RETENTION_DAYS * DAY_MS) / 1000)
    const { createInfluxdbSink } = await import('../src/create-sink.ts')
    const longer = createInfluxdbSink({ ...settings(), MONITORING_RETENTION_DAYS: 90 })
    sinks.add(longer)
    await longer.prepare?.(tenantConfig(tenant, { placement: 'dedicated' }), signal)
    expect(await seconds()).toBe((90 * DAY_MS) / 1000)
  })

  it('makes a bucket once when two instances ask for it at the same time', async () => {
    const config = tenantConfig(uniqueName('influx'), { placement: 'dedicated' })
    buckets.add(bucketOf(config))
    const [one, two] = [createSink(), createSink()]
    sinks.add(one).add(two)
    await Promise.all([one.prepare?.(config, signal), two.prepare?.(config, signal)])
    expect((await bucketNamed(bucketOf(config)))?.name).toBe(bucketOf(config))
  })

  it('makes a bucket again that somebody has removed, and nothing is lost', async () => {
    const { bucket, tenant, outcome } = await place('dedicated')
    await removeBucket(bucket)
    const series = [
      gauge('m', [
        [NOW, 1],
        [NOW + 1, 2],
      ]),
    ]
    expect(await outcome(series)).toMatchObject({ delivered: 0, rejected: [], retry: [0, 1] })
    expect(await outcome(series)).toMatchObject({ delivered: 2, retry: [] })
    expect(await at(bucket, tenant)).toHaveLength(2)
  })
})

describe('writes', () => {
  it('stores every kind of point under its labels, and a second write changes nothing', async () => {
    const { bucket, tenant, write } = await place('dedicated')
    // Golden times are fixed; InfluxDB keeps the last 30 days only.
    const shifted = Object.values(CASES).map((series) =>
      series.map((each) => ({ ...each, points: each.points.map(shift) })),
    )
    const first = await write(...shifted)
    const stored = seriesOf(await rowsOf(bucket, tenant))
    const total = (key: 'delivered' | 'unsupported'): number => first.outcomes.reduce((sum, each) => sum + each[key], 0)
    expect(first.outcomes.flatMap(({ rejected, retry }) => [...rejected, ...retry])).toEqual([])
    expect([total('delivered'), total('unsupported')]).toEqual([18, 6])
    expect(stored.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['disk free,all=#1', '\\#hash', 'rpc.duration']),
    )
    const golden = readdirSync(GOLDEN).map((file) => readFileSync(new URL(file, GOLDEN), 'utf8').trimEnd().split('\n'))
    const expected = golden
      .flat()
      .map(parseLine)
      .flatMap(({ measurement, fields }) =>
        Object.entries(fields).map(([field, value]) => [measurement, field, JSON.parse(value) as unknown]),
      )
    expect(await at(bucket, tenant)).toEqual(expect.arrayContaining(expected))
    const odd = stored.find(({ name }) => name.startsWith('disk'))
    expect(odd?.labels).toEqual({ path: 'C:/', 'k=e y': 'a,b', text: 'é "1"\\n', tenant })
    await write(...shifted)
    expect(seriesOf(await rowsOf(bucket, tenant))).toEqual(stored)
  })

  it('tells how many exemplars it had no place for, once they are settled', async () => {
    const told: (readonly [string, number])[] = []
    const { createInfluxdbSink } = await import('../src/create-sink.ts')
    const sink = createInfluxdbSink(settings(), (tenant, count) => told.push([tenant, count]))
    sinks.add(sink)
    const config = tenantConfig(uniqueName('influx'), { placement: 'shared' })
    const { tenant } = config
    await sink.prepare?.(config, signal)
    const records = [CASES.exemplar, CASES.gauge].map(
      (series): MetricRecord =>
        batchOf(
          tenant,
          (series ?? []).map((each) => ({ ...each, points: each.points.map(shift) })),
        ).record,
    )
    await sink.write({ tenant, config, records }, signal)
    expect(told).toEqual([[tenant, 1]])
  })

  it('keeps nanoseconds apart', async () => {
    const { bucket, tenant, outcome } = await place('dedicated')
    const points = [1, 2, 3].map((timeNs) => ({ timeMs: NOW, timeNs, value: timeNs }))
    expect(await outcome([{ ...gauge('m', []), points }])).toMatchObject({ delivered: 3 })
    expect(await at(bucket, tenant)).toHaveLength(3)
  })

  it('cuts a large write into requests and answers for each record', async () => {
    const { bucket, tenant, write } = await place('dedicated', { PEGEL_INFLUXDB_MAX_LINES: '100' })
    const series = (record: number): SeriesSpec[] =>
      Array.from({ length: 30 }, (_, i) => gauge('m', timesFrom(NOW, 10), { attributes: { host: `${record}-${i}` } }))
    const { outcomes } = await write(series(0), series(1), series(2))
    expect(outcomes.map(({ delivered }) => delivered)).toEqual([300, 300, 300])
    expect(await at(bucket, tenant)).toHaveLength(900)
  })
})

describe('refusals', () => {
  it('finds points that are beyond retention by their age', async () => {
    const { bucket, tenant, outcome } = await place('dedicated')
    const old = Date.now() - 40 * DAY_MS
    const refused = await outcome([
      gauge('m', [
        [NOW, 1],
        [old, 2],
        [NOW + 1, 3],
        [old - 5, 4],
      ]),
      deltaSum('d', [[old, 1]]),
    ])
    expect(refused).toMatchObject({ delivered: 2, retry: [] })
    expect(refused.rejected.map(({ point, reason }) => [point, reason]).sort()).toEqual([
      [1, 'beyond_retention'],
      [3, 'beyond_retention'],
      [4, 'beyond_retention'],
    ])
    expect(await at(bucket, tenant)).toHaveLength(2)
  })

  it('finds points whose field has another type, though the answer tells of one shard and hides those beyond retention', async () => {
    const { bucket, tenant, outcome } = await place('dedicated')
    const [today, lastWeek, old] = [NOW, NOW - 8 * DAY_MS, NOW - 40 * DAY_MS]
    for (const timeMs of [today, lastWeek]) await writeLines(bucket, `taken,tenant=other gauge="text" ${timeMs}000000`)
    const series = [
      gauge('free', [
        [today, 1],
        [lastWeek, 2],
        [old, 3],
      ]),
      gauge('taken', [
        [today, 4],
        [lastWeek, 5],
      ]),
      gauge('free', [
        [today + 1, 6],
        [lastWeek + 1, 7],
      ]),
    ]
    const refused = await outcome(series)
    expect(refused).toMatchObject({ delivered: 4, retry: [] })
    expect(refused.rejected.map(({ point, reason }) => [point, reason]).sort()).toEqual([
      [2, 'beyond_retention'],
      [3, 'field_type_conflict'],
      [4, 'field_type_conflict'],
    ])
    expect(await at(bucket, tenant)).toHaveLength(4)
  })

  it('finds lines that InfluxDB cannot read', async () => {
    const { bucket, tenant, outcome } = await place('dedicated')
    const long = gauge('m', [[NOW, 2]], { attributes: { text: 'x'.repeat(70_000) } })
    const refused = await outcome([gauge('m', [[NOW, 1]]), long, gauge('m', [[NOW + 1, 3]])])
    expect(refused).toMatchObject({ delivered: 2, retry: [] })
    expect(refused.rejected.map(({ point, reason }) => [point, reason])).toEqual([[1, 'line_unparseable']])
    expect(await at(bucket, tenant)).toHaveLength(2)
  })

  it('books what InfluxDB cannot hold and what would overwrite another series', async () => {
    const { outcome } = await place('dedicated')
    const series = [
      gauge(
        'm',
        [
          [NOW, NaN],
          [NOW, 1],
        ],
        { resource: { k: 'v' } },
      ),
      gauge('m', [[NOW, 2]], { attributes: { k: 'v' } }),
      complex('h', [[NOW, histogramPoint([1], [1, 0], { max: Infinity })]]),
    ]
    expect(await outcome(series)).toMatchObject({ delivered: 2, unsupported: 1, collided: 1, rejected: [], retry: [] })
  })
})

describe('trouble', () => {
  it.each([429, 503])('comes back later when told so by %d', async (status) => {
    const gate = await startHttpGate(settings().PEGEL_INFLUXDB_URL)
    const { sink, write } = await place('shared', { PEGEL_INFLUXDB_URL: gate.url })
    gate.rule(({ path }) =>
      path.startsWith('/api/v2/write') ? { status, headers: { 'retry-after': '3' } } : undefined,
    )
    const { outcomes, afterMs } = await write([gauge('m', [[NOW, 1]])])
    expect([outcomes[0]?.retry, afterMs]).toEqual([[0], 3000])
    await expect(sink.check(signal)).resolves.toBeUndefined()
    await gate.close()
  })

  it('splits what is too large for whatever stands in front', async () => {
    const gate = await startHttpGate(settings().PEGEL_INFLUXDB_URL)
    const { write } = await place('shared', { PEGEL_INFLUXDB_URL: gate.url })
    let writes = 0
    gate.rule(({ path }) => (path.startsWith('/api/v2/write') && writes++ === 0 ? { status: 413 } : undefined))
    const { outcomes } = await write([gauge('m', timesFrom(NOW, 4))])
    expect([outcomes[0]?.delivered, writes]).toEqual([4, 3])
    await gate.close()
  })

  it('throws when nobody answers, and the check fails', async () => {
    const gate = await startHttpGate(settings().PEGEL_INFLUXDB_URL)
    const { sink, write } = await place('shared', { PEGEL_INFLUXDB_URL: gate.url })
    gate.rule(() => 'reset')
    await expect(write([gauge('m', [[NOW, 1]])])).rejects.toThrow()
    await expect(sink.check(signal)).rejects.toThrow(/PEGEL_INFLUXDB_URL/)
    await gate.close()
  })

  it('fails the check with a wrong token or organisation', async () => {
    for (const wrong of [{ PEGEL_INFLUXDB_TOKEN: 'wrong' }, { PEGEL_INFLUXDB_ORG: uniqueName('org') }]) {
      const sink = createSink(wrong)
      sinks.add(sink)
      await expect(sink.check(signal)).rejects.toThrow()
      await expect(sink.prepare?.(tenantConfig(uniqueName('influx')), signal)).rejects.toThrow(/could not be made/)
    }
  })

  it('fails the check as long as the token may not write, and refuses no point', async () => {
    await place('shared')
    const sink = createSink({ PEGEL_INFLUXDB_TOKEN: await readOnlyToken() })
    sinks.add(sink)
    await expect(sink.check(signal)).resolves.toBeUndefined()
    const tenant = uniqueName('influx')
    const record = batchOf(tenant, [gauge('m', [[NOW, 1]])]).record
    const { outcomes } = await sink.write({ tenant, config: tenantConfig(tenant), records: [record] }, signal)
    expect(outcomes).toMatchObject([{ delivered: 0, rejected: [], retry: [0] }])
    await expect(sink.check(signal)).rejects.toThrow(/PEGEL_INFLUXDB_TOKEN/)
  })

  it('takes the check as passed once the token may write again', async () => {
    const gate = await startHttpGate(settings().PEGEL_INFLUXDB_URL)
    const { sink, write } = await place('shared', { PEGEL_INFLUXDB_URL: gate.url })
    gate.rule(({ path }) => (path.startsWith('/api/v2/write') ? { status: 403 } : undefined))
    await write([gauge('m', [[NOW, 1]])])
    await expect(sink.check(signal)).rejects.toThrow(/may|not write/)
    gate.rule()
    await expect(sink.check(signal)).resolves.toBeUndefined()
    await gate.close()
  })
})

/** A point of a golden case, moved into yesterday. */
function shift<P extends { readonly timeMs: number }>(point: P): P {
  return { ...point, timeMs: NOW - DAY_MS + (point.timeMs % 10_000) }
}

function timesFrom(startMs: number, count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, i) => [startMs + i, i] as const)
}
