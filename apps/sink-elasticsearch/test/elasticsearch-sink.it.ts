import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { MetricRecord, Outcome, Sink, WriteResult } from '@pegel/pipeline'
import { batchOf, gauge, startHttpGate, sum, tenantConfig, uniqueName } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import type { Placement } from '@pegel/tenancy'
import { placementOf } from '../src/placement.ts'
import { CASES } from './cases.ts'
import { createSink, documentsOf, elasticsearch, removeLate, settings, TEST_DATASET } from './elasticsearch.ts'
import type { Document } from './elasticsearch.ts'

const GOLDEN = 'apps/sink-elasticsearch/test/golden'
const NOW = Date.now() - 60_000
const URL = 'PEGEL_ELASTICSEARCH_URL'
const { signal } = new AbortController()
const late = new Set<string>()
const sinks = new Set<Sink>()

afterEach(async () => {
  await removeLate(TEST_DATASET, late)
  for (const sink of sinks) await sink.close()
  late.clear()
  sinks.clear()
})

interface Place {
  readonly tenant: string
  readonly stream: string
  readonly late: string
  readonly sink: Sink
  readonly write: (...records: readonly (readonly SeriesSpec[])[]) => Promise<WriteResult>
  readonly outcome: (series: readonly SeriesSpec[]) => Promise<Outcome>
}

async function place(placement: Placement = 'shared', options: Parameters<typeof createSink>[0] = {}): Promise<Place> {
  const dataset = options.PEGEL_ELASTICSEARCH_DATASET ?? TEST_DATASET
  const config = tenantConfig(uniqueName('es'), { placement })
  const { tenant } = config
  const sink = createSink({ PEGEL_ELASTICSEARCH_DATASET: dataset, ...options })
  sinks.add(sink)
  late.add(tenant)
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
  return { tenant, ...placementOf(dataset, config), sink, write, outcome }
}

const metricsOf = (document: Document): Record<string, unknown> =>
  Object.fromEntries(Object.entries(document).filter(([field]) => field.startsWith('metrics.')))

/** What a document holds but for labels and times, which come back in other forms; a list of one is as good as its member. */
const comparable = (document: Document): Record<string, unknown> => {
  const held = Object.entries(document).filter(
    ([field]) => /^(metrics\.|exemplars\.|kind$|temporality$)/.test(field) && field !== 'exemplars.timestamp',
  )
  return Object.fromEntries(
    held.map(([field, value]) => [field, Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value]),
  )
}

const stored = async (index: string, tenant: string): Promise<unknown[]> =>
  (await documentsOf(index, tenant)).map(metricsOf)

describe('streams', () => {
  it('makes a dedicated tenant a stream of its own and puts the others into one', async () => {
    const [own, shared] = [await place('dedicated'), await place('shared')]
    await own.write([gauge('m', [[NOW, 1]])])
    await shared.write([gauge('m', [[NOW, 2]])])
    expect(own.stream).toBe(`metrics-pegel_test.tenant-${own.tenant}`)
    expect(await stored(own.stream, own.tenant)).toEqual([{ 'metrics.m': 1 }])
    expect(await stored(shared.stream, own.tenant)).toEqual([])
    expect(await stored(shared.stream, shared.tenant)).toEqual([{ 'metrics.m': 2 }])
  })

  it('keeps the same series of two tenants at one instant apart, in one stream and among the late', async () => {
    const bounds = {
      PEGEL_ELASTICSEARCH_DATASET: uniqueName('bounds'),
      PEGEL_ELASTICSEARCH_TIME_BOUNDS: boundsOfToday(),
    }
    const [one, two] = [await place('shared', bounds), await place('shared', bounds)]
    const series = (value: number): SeriesSpec[] => [
      gauge(
        'm',
        [
          [NOW, value],
          [NOW - 10 * DAY_MS, value],
        ],
        { attributes: { tenant: 'forged' } },
      ),
    ]
    expect(await one.outcome(series(1))).toMatchObject({ delivered: 2 })
    expect(await two.outcome(series(2))).toMatchObject({ delivered: 2 })
    for (const index of [one.stream, one.late]) expect(await stored(index, one.tenant)).toEqual([{ 'metrics.m': 1 }])
    for (const index of [two.stream, two.late]) expect(await stored(index, two.tenant)).toEqual([{ 'metrics.m': 2 }])
    await removeLate(bounds.PEGEL_ELASTICSEARCH_DATASET, [one.tenant, two.tenant])
  })

  it('makes the templates again that somebody has removed, and nothing is lost', async () => {
    const dataset = uniqueName('lost')
    const { tenant, stream, outcome } = await place('shared', { PEGEL_ELASTICSEARCH_DATASET: dataset })
    await elasticsearch().indices.deleteIndexTemplate({ name: `${dataset}-metrics` })
    const series = [gauge('m', [[NOW, 1]])]
    expect(await outcome(series)).toMatchObject({ delivered: 0, rejected: [], retry: [0] })
    expect(await outcome(series)).toMatchObject({ delivered: 1, retry: [] })
    expect(await stored(stream, tenant)).toHaveLength(1)
  })

  it('maps counters as counters and all else as gauges', async () => {
    const { stream, outcome } = await place()
    const [counter, level] = [uniqueName('counter'), uniqueName('level')]
    await outcome([sum(counter, [[NOW, 1]]), gauge(level, [[NOW, 1]])])
    const mapping = Object.values(await elasticsearch().indices.getMapping({ index: stream })).at(-1)?.mappings
      .properties
    expect(mapping?.[`metrics.${counter}`]).toEqual({ type: 'double', time_series_metric: 'counter' })
    expect(mapping?.[`metrics.${level}`]).toEqual({ type: 'double', time_series_metric: 'gauge' })
  })
})

describe('new fields', () => {
  const mappingOf = async (stream: string): Promise<object | undefined> =>
    Object.values(await elasticsearch().indices.getMapping({ index: stream })).at(-1)?.mappings.properties

  it('are mapped ahead of a write as its documents would have mapped them', async () => {
    const gate = await startHttpGate(settings()[URL])
    const asked: string[] = []
    const options = (): Parameters<typeof createSink>[0] => ({
      PEGEL_ELASTICSEARCH_DATASET: uniqueName('fields'),
      [URL]: gate.url,
    })
    const [ahead, left] = [await place('shared', options()), await place('shared', options())]
    gate.rule(({ path }) => {
      if (!path.includes('_mapping')) return undefined
      asked.push(path)
      return path.includes(left.stream) ? { status: 503 } : undefined
    })
    const odd = ['..', 'a.', '.b', 'a..b', 'x.bounds', '"', ' ', 'ü', '*', 'a*.counts'].flatMap((name) => [
      gauge(name, [[NOW, 1]]),
      sum(`sum of ${name}`, [[NOW, 1]], { attributes: { [name]: 'x' } }),
    ])
    for (const { write } of [ahead, left]) {
      // The first write makes the stream, so that there is something to add fields to.
      await write([gauge('m', [[NOW, 1]])])
      const { outcomes } = await write(...Object.values(CASES), odd)
      expect(outcomes.flatMap(({ rejected, retry }) => [...rejected, ...retry])).toEqual([])
    }
    expect(new Set(asked.map((path) => path.includes(ahead.stream)))).toEqual(new Set([true, false]))
    expect(await mappingOf(ahead.stream)).toEqual(await mappingOf(left.stream))
    await gate.close()
  })

  it('do not hold up a thousand documents that bring one each', async () => {
    const { stream, outcome } = await place('shared', { PEGEL_ELASTICSEARCH_DATASET: uniqueName('fields') })
    await outcome([gauge('m', [[NOW, 1]])])
    const before = await clusterStates()
    const series = Array.from({ length: 1000 }, (_, i) =>
      gauge(`m${i}`, [[NOW, i]], { attributes: { host: `h${i}`, [`label${i % 20}`]: 'x' } }),
    )
    expect(await outcome(series)).toMatchObject({ delivered: 1000, retry: [], rejected: [] })
    expect((await clusterStates()) - before).toBeLessThan(20)
    expect(await mappingOf(stream)).toHaveProperty(['metrics.m999', 'type'], 'double')
  })
})

/** How often the cluster's state has changed. */
async function clusterStates(): Promise<number> {
  const { version } = (await elasticsearch().cluster.state({ metric: 'version' })) as { version: number }
  return version
}

describe('writes', () => {
  it('stores every kind of point, in the order of its buckets, and a second write adds nothing', async () => {
    const { stream, tenant, write } = await place()
    const cases = Object.values(CASES)
    const total = (result: WriteResult, key: 'delivered' | 'alreadyPresent' | 'unsupported'): number =>
      result.outcomes.reduce((points, outcome) => points + outcome[key], 0)
    const first = await write(...cases)
    expect(first.outcomes.flatMap(({ rejected, retry }) => [...rejected, ...retry])).toEqual([])
    expect([total(first, 'delivered'), total(first, 'alreadyPresent'), total(first, 'unsupported')]).toEqual([23, 0, 6])
    const documents = await documentsOf(stream, tenant)
    expect(documents.find((each) => 'metrics.http.server.duration.bounds' in each && each.unit === 's')).toMatchObject({
      'metrics.http.server.duration.bounds': [0.5, 1, 10],
      'metrics.http.server.duration.counts': [1, 2, 3, 4],
      '@timestamp': '2026-01-01T00:00:00.123Z',
    })
    const golden = readdirSync(GOLDEN).map((file) => readFileSync(`${GOLDEN}/${file}`, 'utf8').trimEnd().split('\n'))
    const expected = golden.flatMap((lines) =>
      lines.filter((_, line) => line % 2 === 1).map((line) => comparable(JSON.parse(line) as Document)),
    )
    expect(documents.map(comparable)).toEqual(expect.arrayContaining(expected))
    const again = await write(...cases)
    expect([total(again, 'delivered'), total(again, 'alreadyPresent')]).toEqual([0, 23])
    expect(await documentsOf(stream, tenant)).toEqual(documents)
  })

  it('finds the points of a trace by their exemplars, and keeps an exemplar whole', async () => {
    const { stream, tenant, outcome } = await place()
    const traceId = 'ab'.repeat(16)
    const exemplar = (value: number, trace: string) => ({ value, traceId: trace, attributes: { user: String(value) } })
    const points = [2, 1].map((value, at) => ({
      timeMs: NOW + at,
      value,
      exemplar: exemplar(value, value === 2 ? traceId : ''),
    }))
    const other = { ...gauge('n', []), points: [{ timeMs: NOW, value: 9, exemplar: exemplar(9, 'cd'.repeat(16)) }] }
    expect(await outcome([{ ...gauge('m', []), points }, other])).toMatchObject({ delivered: 3 })
    await elasticsearch().indices.refresh({ index: stream })
    const found = await elasticsearch().search<Document>({
      index: stream,
      query: { bool: { filter: [{ term: { tenant } }, { term: { 'exemplars.trace_id': traceId } }] } },
    })
    expect(found.hits.hits.map(({ _source }) => _source)).toMatchObject([
      {
        'metrics.m': 2,
        'exemplars.metric': ['m', 'n'],
        'exemplars.value': [2, 9],
        'exemplars.trace_id': [traceId, 'cd'.repeat(16)],
        'exemplars.attributes': ['{"user":"2"}', '{"user":"9"}'],
      },
    ])
  })

  it('keeps the order of counts that are not sorted', async () => {
    const { stream, tenant, outcome } = await place()
    const histogram = {
      kind: 'histogram',
      count: 9,
      sum: 1,
      min: null,
      max: null,
      bounds: [1, 2],
      counts: [5, 1, 3],
    } as const
    await outcome([
      { ...gauge('h', []), kind: 'histogram', temporality: 'delta', points: [{ timeMs: NOW, complex: histogram }] },
    ])
    expect(await stored(stream, tenant)).toMatchObject([{ 'metrics.h.counts': [5, 1, 3] }])
  })

  it('hides no metric behind another of the same labels and time, whichever record it comes in', async () => {
    const { stream, tenant, write } = await place()
    const [a, b] = [gauge('a', [[NOW, 1]]), gauge('b', [[NOW, 2]])]
    expect((await write([a], [b])).outcomes.map(({ delivered }) => delivered)).toEqual([1, 1])
    expect((await write([a, b])).outcomes[0]).toMatchObject({ delivered: 2 })
    expect((await write([b])).outcomes[0]).toMatchObject({ alreadyPresent: 1 })
    expect(await stored(stream, tenant)).toHaveLength(3)
  })

  it('keeps nanoseconds apart and counts a repeated instant as collapsed', async () => {
    const { stream, tenant, outcome } = await place()
    const points = [1, 2, 2].map((timeNs, value) => ({ timeMs: NOW, timeNs, value }))
    expect(await outcome([{ ...gauge('m', []), points }])).toMatchObject({ delivered: 2, collapsed: 1 })
    expect(await stored(stream, tenant)).toEqual([{ 'metrics.m': 0 }, { 'metrics.m': 1 }])
  })

  it('cuts a large write into requests and answers for each record', async () => {
    const { stream, tenant, write } = await place('shared', { PEGEL_ELASTICSEARCH_MAX_DOCUMENTS: '50' })
    const times = Array.from({ length: 10 }, (_, i) => [NOW + i, i] as const)
    const series = (record: number): SeriesSpec[] =>
      Array.from({ length: 30 }, (_, i) => gauge('m', times, { attributes: { host: `${record}-${i}` } }))
    const { outcomes } = await write(series(0), series(1))
    expect(outcomes.map(({ delivered }) => delivered)).toEqual([300, 300])
    expect(await documentsOf(stream, tenant)).toHaveLength(600)
  })
})

const DAY_MS = 86_400_000

function boundsOfToday(): string {
  const iso = (timeMs: number): string => new Date(timeMs).toISOString()
  return `fixed:${iso(NOW - DAY_MS)}/${iso(NOW + DAY_MS)}`
}

describe('late points', () => {
  it('go to an index of their own when the stream takes their time no more, or not yet, and add nothing when they come again', async () => {
    const dataset = uniqueName('bounds')
    const options = { PEGEL_ELASTICSEARCH_DATASET: dataset, PEGEL_ELASTICSEARCH_TIME_BOUNDS: boundsOfToday() }
    const { stream, late: index, tenant, outcome } = await place('shared', options)
    const series = [
      sum(
        'm',
        [
          [NOW, 1],
          [NOW - 10 * DAY_MS, 2],
          [NOW + 10 * DAY_MS, 3],
        ],
        { attributes: { host: 'a' } },
      ),
    ]
    expect(await outcome(series)).toMatchObject({ delivered: 3, rejected: [], retry: [] })
    expect(await outcome(series)).toMatchObject({ delivered: 0, alreadyPresent: 3 })
    expect(await stored(stream, tenant)).toEqual([{ 'metrics.m': 1 }])
    expect(await stored(index, tenant)).toEqual([{ 'metrics.m': 2 }, { 'metrics.m': 3 }])
    await removeLate(dataset, [tenant])
  })

  it('that no index takes are refused', async () => {
    const { outcome } = await place()
    const { rejected } = await outcome([gauge('m', [[-1000, 1]])])
    expect(rejected).toMatchObject([{ point: 0, reason: 'timestamp_refused' }])
  })
})

describe('refusals', () => {
  it('refuse the metrics beyond the field limit and take their neighbours, and a second write adds nothing', async () => {
    const dataset = uniqueName('limit')
    const options = { PEGEL_ELASTICSEARCH_DATASET: dataset, PEGEL_ELASTICSEARCH_FIELD_LIMIT: '25' }
    const { stream, tenant, outcome } = await place('shared', options)
    const series = Array.from({ length: 30 }, (_, i) => gauge(`m${String(i).padStart(2, '0')}`, [[NOW, i]]))
    const first = await outcome(series)
    const names = new Set(first.rejected.map(({ reason }) => reason))
    expect([...names]).toEqual(['field_limit'])
    expect(first.delivered + first.rejected.length).toBe(30)
    const fields = async (): Promise<string[]> =>
      (await stored(stream, tenant)).flatMap((document) => Object.keys(document as object)).sort()
    const before = await fields()
    expect(before).toHaveLength(first.delivered)
    expect(first.delivered).toBeGreaterThan(5)
    expect(await outcome(series)).toMatchObject({ delivered: 0, alreadyPresent: first.delivered })
    expect(await fields()).toEqual(before)
  })

  it('end when the limit is raised and the process started again', async () => {
    const dataset = uniqueName('limit')
    const options = { PEGEL_ELASTICSEARCH_DATASET: dataset, PEGEL_ELASTICSEARCH_FIELD_LIMIT: '20' }
    const small = await place('shared', options)
    const series = (at: number): SeriesSpec[] => Array.from({ length: 30 }, (_, i) => gauge(`m${i}`, [[NOW + at, i]]))
    expect((await small.outcome(series(0))).rejected.length).toBeGreaterThan(0)
    const raised = await place('shared', { ...options, PEGEL_ELASTICSEARCH_FIELD_LIMIT: '100' })
    expect(await raised.outcome(series(1))).toMatchObject({ delivered: 30, rejected: [] })
  })

  it('name the label that is too long, and are not about its neighbours', async () => {
    const { outcome } = await place()
    const long = gauge('m', [[NOW, 1]], { attributes: { text: 'x'.repeat(32_767) } })
    const longest = gauge('m', [[NOW, 1]], { attributes: { text: 'x'.repeat(32_766) } })
    const { delivered, rejected } = await outcome([long, longest])
    expect([delivered, rejected]).toMatchObject([1, [{ point: 0, reason: 'label_refused' }]])
    expect(rejected[0]?.message).toContain('attributes.text')
  })
})

describe('trouble', () => {
  it.each([429, 503])('comes back later when told so by %d', async (status) => {
    const gate = await startHttpGate(settings()[URL])
    const { sink, write } = await place('shared', { [URL]: gate.url })
    gate.rule(({ path }) => (path.includes('_bulk') ? { status, headers: { 'retry-after': '3' } } : undefined))
    const { outcomes, afterMs } = await write([gauge('m', [[NOW, 1]])])
    expect([outcomes[0]?.retry, afterMs]).toEqual([[0], 3000])
    await expect(sink.check(signal)).resolves.toBeUndefined()
    await gate.close()
  })

  it('splits what is too large for whatever stands in front', async () => {
    const gate = await startHttpGate(settings()[URL])
    const { write } = await place('shared', { [URL]: gate.url })
    let writes = 0
    gate.rule(({ path }) => (path.includes('_bulk') && writes++ === 0 ? { status: 413 } : undefined))
    const { outcomes } = await write([
      gauge('m', [
        [NOW, 1],
        [NOW + 1, 1],
      ]),
    ])
    expect([outcomes[0]?.delivered, writes]).toEqual([2, 3])
    await gate.close()
  })

  it('throws when nobody answers, and the check fails', async () => {
    const gate = await startHttpGate(settings()[URL])
    const { sink, write } = await place('shared', { [URL]: gate.url })
    gate.rule(() => 'reset')
    await expect(write([gauge('m', [[NOW, 1]])])).rejects.toThrow()
    await expect(sink.check(signal)).rejects.toThrow()
    await expect(sink.prepare?.(tenantConfig('t', { placement: 'dedicated' }), signal)).rejects.toThrow()
    await gate.close()
  })

  it('fails the check as long as the credentials do not suffice, and refuses no point', async () => {
    const gate = await startHttpGate(settings()[URL])
    const { sink, write } = await place('shared', { [URL]: gate.url })
    const body = JSON.stringify({ error: { type: 'security_exception', reason: 'action is unauthorized' } })
    const headers = { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' }
    gate.rule(({ path }) => (path.includes('_bulk') ? { status: 403, headers, body } : undefined))
    expect((await write([gauge('m', [[NOW, 1]])])).outcomes).toMatchObject([{ delivered: 0, rejected: [], retry: [0] }])
    await expect(sink.check(signal)).rejects.toThrow(/PEGEL_ELASTICSEARCH_API_KEY/)
    gate.rule()
    await expect(sink.check(signal)).resolves.toBeUndefined()
    await gate.close()
  })
})
