import { afterEach, describe, expect, it } from '@jest/globals'
import type { LogGroup } from '@pegel/contracts'
import type { LogRecord, Outcome, Sink } from '@pegel/pipeline'
import { logBatchOf, logEvent, logGroup, startHttpGate, tenantConfig, uniqueName } from '@pegel/testing'
import { elasticsearch, settings } from './elasticsearch.ts'
import { createLogs, findLogs, messagesOf } from './logs.ts'

const { signal } = new AbortController()
const sinks = new Set<Sink<LogRecord>>()
const templates = new Set<string>()

afterEach(async () => {
  for (const sink of sinks) await sink.close()
  for (const name of templates) await elasticsearch().indices.deleteIndexTemplate({ name }, { ignore: [404] })
  sinks.clear()
  templates.clear()
})

interface Place {
  readonly tenant: string
  readonly write: (...records: readonly LogRecord[]) => Promise<readonly Outcome[]>
  readonly store: (...groups: readonly LogGroup[]) => Promise<Outcome>
  readonly check: () => Promise<void>
}

async function place(options: Parameters<typeof createLogs>[0] = {}, tenant = uniqueName('logs')): Promise<Place> {
  const config = tenantConfig(tenant)
  const sink = createLogs(options)
  sinks.add(sink)
  await sink.prepare?.(config, signal)
  const write: Place['write'] = async (...records) => (await sink.write({ tenant, config, records }, signal)).outcomes
  const store: Place['store'] = async (...groups) => {
    const [outcome] = await write(logBatchOf(tenant, groups).record)
    if (outcome === undefined) throw new Error('no outcome')
    return outcome
  }
  return { tenant, write, store, check: () => sink.check(signal) }
}

/** A mapping of somebody else's for one tenant's stream, which wins over ours. */
async function foreignMapping(tenant: string, properties: object): Promise<void> {
  const name = `foreign-${tenant}`
  templates.add(name)
  await elasticsearch().indices.putIndexTemplate({
    name,
    index_patterns: [`logs-*-${tenant}`],
    priority: 900,
    data_stream: {},
    template: { mappings: { properties: { '@timestamp': { type: 'date_nanos' as const }, ...properties } } },
  })
}

describe('searching', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'

  it.each([
    ['its level', { term: { 'log.level': 'error' } }],
    ['its service', { term: { 'service.name': 'payments' } }],
    ['its trace', { term: { 'trace.id': traceId } }],
    ['its span', { term: { 'span.id': 'b7ad6b7169203331' } }],
    ['a word of its text', { match: { message: 'REFUSED' } }],
    ['a phrase of its text', { match_phrase: { message: 'card was refused' } }],
    ['an attribute', { term: { 'labels.payment.provider': 'visa' } }],
    ['a resource attribute', { term: { 'resource.attributes.host.name': 'web-1' } }],
    ['its kind of event', { term: { 'event.action': 'payment.refused' } }],
    ['its severity', { range: { 'event.severity': { gte: 17 } } }],
    ['its scope', { term: { 'scope.name': 'checkout' } }],
    ['its time', { range: { '@timestamp': { gte: 1_700_000_000_000, lt: 1_700_000_000_001 } } }],
  ])('finds a log by %s', async (_by, query) => {
    const { tenant, store } = await place()
    const refused = logEvent({
      timeMs: 1_700_000_000_000,
      timeNs: 123_456,
      severity: 17,
      level: 'error',
      message: 'The card was refused.',
      traceId,
      spanId: 'b7ad6b7169203331',
      name: 'payment.refused',
      attributes: [{ key: 'payment.provider', value: 'visa' }],
    })
    const resource = [{ key: 'host.name', value: 'web-1' }]
    const outcome = await store(
      logGroup([logEvent({ message: 'something else' })]),
      logGroup([refused], { service: 'payments', resource, scopeName: 'checkout' }),
    )
    expect(outcome).toMatchObject({ delivered: 2, rejected: [], retry: [] })
    const found = await findLogs(tenant, query)
    expect(found).toMatchObject([{ message: 'The card was refused.', '@timestamp': '2023-11-14T22:13:20.000123456Z' }])
  })

  it('names the tenant in every log, and never shows one to another', async () => {
    const [one, two] = [await place(), await place()]
    const batch = logGroup([logEvent({ message: 'the same' })])
    await one.store(batch)
    await two.store(batch)
    for (const { tenant } of [one, two])
      expect(await findLogs(tenant)).toMatchObject([{ tenant, organization: { id: tenant } }])
    const all = await elasticsearch().count({ index: 'logs-pegel_test-*', query: { term: { tenant: one.tenant } } })
    expect(all.count).toBe(1)
  })
})

describe('a record that comes again', () => {
  it('is stored once', async () => {
    const { tenant, write } = await place()
    const { record } = logBatchOf(tenant, [logGroup([logEvent({ message: 'a' }), logEvent({ message: 'b' })])])
    expect(await write(record)).toMatchObject([{ delivered: 2 }])
    expect(await write(record)).toMatchObject([{ delivered: 0, alreadyPresent: 2 }])
    expect(messagesOf(await findLogs(tenant)).toSorted()).toEqual(['a', 'b'])
  })

  it('is written as far as it was asked for', async () => {
    const { tenant, write } = await place()
    const groups = [
      logGroup([logEvent({ message: 'a' })]),
      logGroup([logEvent({ message: 'b' }), logEvent({ message: 'c' })]),
    ]
    const { record } = logBatchOf(tenant, groups)
    expect(await write({ ...record, select: Uint32Array.of(0, 2) })).toMatchObject([{ delivered: 2 }])
    expect(await write(record)).toMatchObject([{ delivered: 1, alreadyPresent: 2 }])
  })

  it('keeps equal logs of two records, and equal logs of one, apart', async () => {
    const { tenant, store } = await place()
    const same = logGroup([logEvent({ timeMs: 1_700_000_000_000 }), logEvent({ timeMs: 1_700_000_000_000 })])
    await store(same)
    await store(same)
    expect(await findLogs(tenant)).toHaveLength(4)
  })
})

describe('what clients name themselves', () => {
  it('cannot make the mapping grow', async () => {
    const { tenant, store } = await place()
    const index = `logs-pegel_test-${tenant}`
    await store(logGroup([logEvent()]))
    const before = await elasticsearch().indices.getMapping({ index })
    const attributes = Array.from({ length: 3000 }, (_, key) => ({ key: `key.${key}`, value: 'v' }))
    expect(await store(logGroup([logEvent({ attributes })]))).toMatchObject({ delivered: 1 })
    expect(await elasticsearch().indices.getMapping({ index })).toEqual(before)
    expect(await findLogs(tenant, { term: { 'labels.key.2999': 'v' } })).toHaveLength(1)
  })

  it('cannot contradict what others named', async () => {
    const { tenant, store } = await place()
    const texts: readonly (readonly [string, string])[] = [
      ['user', '7'],
      ['user', '{"id":7}'],
      ['user.id', 'x'],
      ['user', '2024-01-01'],
    ]
    for (const [key, value] of texts)
      expect(await store(logGroup([logEvent({ attributes: [{ key, value }] })]))).toMatchObject({ delivered: 1 })
    expect(await findLogs(tenant, { term: { 'labels.user': '7' } })).toHaveLength(1)
  })

  it.each(['', '.', 'a.', ' ', 'a..b', 'a\0b', '__proto__', 'k'.repeat(40_000), `${'k'.repeat(511)}${'é'.repeat(10)}`])(
    'may be odd, as the key %#',
    async (key) => {
      const { tenant, store } = await place()
      expect(await store(logGroup([logEvent({ attributes: [{ key, value: 'v\0' }] })]))).toMatchObject({ delivered: 1 })
      expect(Object.values((await findLogs(tenant))[0]?.labels ?? {})).toEqual(['v\0'])
    },
  )

  it('may be long', async () => {
    const { tenant, store } = await place()
    const long = 'é'.repeat(40_000)
    const event = logEvent({ message: long, level: long, name: long, attributes: [{ key: 'k', value: long }] })
    expect(await store(logGroup([event], { service: long, scopeName: long }))).toMatchObject({ delivered: 1 })
    expect((await findLogs(tenant))[0]?.message).toBe(long)
  })
})

describe('a mapping that is not ours', () => {
  it('loses no log: it is stored without what clients named, which is kept as text', async () => {
    const tenant = uniqueName('logs')
    await foreignMapping(tenant, { labels: { properties: { user: { type: 'long' } } } })
    const { store } = await place({}, tenant)
    const good = logEvent({ message: 'good', attributes: [{ key: 'user', value: '7' }] })
    const bad = logEvent({ message: 'bad', level: 'error', attributes: [{ key: 'user', value: 'anna' }] })
    expect(await store(logGroup([bad, good]))).toMatchObject({ delivered: 2, rejected: [] })
    const [stored, ...others] = await findLogs(tenant, { term: { tags: 'pegel_mapping_conflict' } })
    expect(others).toEqual([])
    expect(stored).toMatchObject({ message: 'bad', log: { level: 'error' } })
    expect(JSON.parse(String(stored?.event.original))).toMatchObject({ labels: [{ key: 'user', value: 'anna' }] })
    expect(await findLogs(tenant, { term: { message: 'good' } })).toHaveLength(1)
  })

  it('makes a dead letter of what not even that form is taken of', async () => {
    const tenant = uniqueName('logs')
    await foreignMapping(tenant, { message: { type: 'long' } })
    const { store } = await place({}, tenant)
    const events = [logEvent({ message: '1' }), logEvent({ message: 'no number' }), logEvent({ message: '3' })]
    const outcome = await store(logGroup(events))
    expect(outcome).toMatchObject({ delivered: 2, rejected: [{ point: 1, reason: 'mapping_conflict' }], retry: [] })
  })
})

describe('what Elasticsearch does not take', () => {
  it('a time before 1970, alone', async () => {
    const { store } = await place()
    const outcome = await store(logGroup([logEvent({ timeMs: -1 }), logEvent()]))
    expect(outcome).toMatchObject({ delivered: 1, rejected: [{ point: 0, reason: 'timestamp_refused' }] })
  })

  it('more than fits into a request, in smaller ones', async () => {
    const bounds = { PEGEL_ELASTICSEARCH_MAX_DOCUMENTS: '7', PEGEL_ELASTICSEARCH_MAX_BYTES: '2000' }
    const { tenant, store } = await place(bounds)
    const events = Array.from({ length: 50 }, (_, index) => logEvent({ message: `message ${index}` }))
    expect(await store(logGroup(events))).toMatchObject({ delivered: 50 })
    expect(await findLogs(tenant)).toHaveLength(50)
  })

  it('is tried again when the template was removed', async () => {
    const dataset = uniqueName('ds')
    const { store } = await place({ PEGEL_ELASTICSEARCH_DATASET: dataset })
    await elasticsearch().indices.deleteIndexTemplate({ name: `${dataset}-logs` })
    expect(await store(logGroup([logEvent()]))).toMatchObject({ delivered: 0, retry: [0] })
    expect(await store(logGroup([logEvent()]))).toMatchObject({ delivered: 1, retry: [] })
  })

  it('is tried again as long as writing is not allowed, and the check says so', async () => {
    const gate = await startHttpGate(settings().PEGEL_ELASTICSEARCH_URL)
    try {
      const { store, check } = await place({ PEGEL_ELASTICSEARCH_URL: gate.url })
      gate.rule(({ path }) => (path.includes('/_bulk') ? { status: 403 } : undefined))
      expect(await store(logGroup([logEvent()]))).toMatchObject({ delivered: 0, retry: [0] })
      await expect(check()).rejects.toMatchObject({ code: 'elasticsearch.write_denied' })
      gate.rule()
      await check()
      expect(await store(logGroup([logEvent()]))).toMatchObject({ delivered: 1 })
    } finally {
      await gate.close()
    }
  })
})
