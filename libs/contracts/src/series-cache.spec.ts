import { beforeEach, describe, expect, it } from '@jest/globals'
import { encodeGroupBlock, encodeSeriesBlock } from './blocks.ts'
import type { Attribute, SeriesRun } from './metric-batch.ts'
import { PointsWriter } from './points-writer.ts'
import { readBatch } from './read-batch.ts'
import { sealBatch } from './seal-batch.ts'
import { SeriesCache } from './series-cache.ts'

interface Named {
  readonly name: string
  readonly host?: string
  readonly hi?: number
  readonly lo?: number
}

function groupBlock(host: string): Buffer {
  return encodeGroupBlock({
    resource: [{ key: 'host', value: host }],
    scope: { name: '', version: '', attributes: [] },
  })
}

function run({ name, host = 'a', hi = 1, lo = 2 }: Named, attributes: Attribute[] = []): SeriesRun {
  const identity = { name, kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '', attributes } as const
  return {
    group: { block: groupBlock(host) },
    fingerprintHi: hi,
    fingerprintLo: lo,
    block: encodeSeriesBlock(identity),
    startTimeMs: 0,
    startTimeNs: 0,
    first: 0,
    count: 1,
  }
}

/** The same series as it comes out of a record. */
function read(series: SeriesRun): SeriesRun {
  const writer = new PointsWriter()
  writer.beginGroup(series.group.block)
  writer.beginSeries(series)
  writer.number(1, 0, 1, 0)
  const head = {
    tenant: 't',
    batchId: Buffer.alloc(16),
    configVersion: 0,
    receivedAtMs: 0,
    protocol: '',
    received: 1,
    refused: [],
    source: null,
  }
  const [found] = readBatch(sealBatch(head, [writer.take()])).points.series
  if (found === undefined) throw new Error('nothing was read')
  return found
}

describe('SeriesCache', () => {
  let cache: SeriesCache<string>

  beforeEach(() => {
    cache = new SeriesCache<string>()
  })

  it('finds a series again, built or read from a record, and copies its identity', () => {
    const series = run({ name: 'cpu' })
    cache.set('acme', series, 'x')
    series.block.fill(0)
    expect(cache.get('acme', run({ name: 'cpu' }))).toBe('x')
    expect(cache.get('acme', read(run({ name: 'cpu' })))).toBe('x')
    expect(cache.stats).toMatchObject({ hits: 2, misses: 0, entries: 1, collisions: 0 })
  })

  it('never merges two series of one fingerprint', () => {
    const series = ['cpu', 'mem', 'disk'].flatMap((name) => [run({ name }), run({ name, host: 'b' })])
    series.forEach((one, index) => cache.set('acme', one, `v${index}`))
    series.forEach((one, index) => {
      expect(cache.get('acme', one)).toBe(`v${index}`)
      expect(cache.get('acme', read(one))).toBe(`v${index}`)
    })
    expect(cache.get('acme', run({ name: 'net' }))).toBeUndefined()
    expect(cache.get('acme', run({ name: 'cpu', host: 'c' }))).toBeUndefined()
    expect(cache.stats.collisions).toBeGreaterThan(0)
  })

  it('keeps fingerprints apart that differ in one half only', () => {
    cache.set('acme', run({ name: 'cpu', hi: 1, lo: 2 }), 'x')
    expect(cache.get('acme', run({ name: 'cpu', hi: 2, lo: 2 }))).toBeUndefined()
    expect(cache.get('acme', run({ name: 'cpu', hi: 1, lo: 3 }))).toBeUndefined()
  })

  it('keeps tenants apart', () => {
    cache.set('acme', run({ name: 'cpu' }), 'acme')
    expect(cache.get('globex', run({ name: 'cpu' }))).toBeUndefined()
    cache.set('globex', run({ name: 'cpu' }), 'globex')
    expect(cache.get('acme', run({ name: 'cpu' }))).toBe('acme')
    expect(cache.get('globex', run({ name: 'cpu' }))).toBe('globex')
  })

  it('tells series without a fingerprint apart by their blocks', () => {
    const series = Array.from({ length: 50 }, (_, index) =>
      // Half of them the same series of many hosts: told apart by the group alone.
      index % 2 === 0
        ? run({ name: `m${index}`, hi: 0, lo: 0 })
        : run({ name: 'cpu', host: `h${index}`, hi: 0, lo: 0 }),
    )
    series.forEach((one, index) => cache.set('acme', one, `v${index}`))
    series.forEach((one, index) => expect(cache.get('acme', one)).toBe(`v${index}`))
    expect(cache.stats.collisions).toBe(0)
  })

  it('replaces a value and makes a missing one', () => {
    cache.set('acme', run({ name: 'cpu' }), 'x')
    cache.set('acme', run({ name: 'cpu' }), 'y')
    expect(cache.getOrCreate('acme', run({ name: 'cpu' }), () => 'z')).toBe('y')
    expect(cache.getOrCreate('acme', run({ name: 'mem' }), ({ fingerprintLo }) => `made ${fingerprintLo}`)).toBe(
      'made 2',
    )
    expect(cache.get('acme', run({ name: 'mem' }))).toBe('made 2')
    expect(cache.stats.entries).toBe(2)
  })

  it('forgets a tenant and gives all its bytes back', () => {
    cache.set('acme', run({ name: 'cpu' }), 'x')
    cache.set('globex', run({ name: 'cpu' }), 'y')
    cache.forget('acme')
    expect(cache.get('acme', run({ name: 'cpu' }))).toBeUndefined()
    expect(cache.get('globex', run({ name: 'cpu' }))).toBe('y')
    cache.forget('globex')
    cache.forget('nobody')
    expect(cache.stats).toMatchObject({ entries: 0, bytes: 0 })
  })

  it('drops the oldest of many series of one fingerprint', () => {
    const series = Array.from({ length: 20 }, (_, index) => run({ name: `m${index}` }))
    series.forEach((one, index) => cache.set('acme', one, `v${index}`))
    expect(cache.stats).toMatchObject({ entries: 8, evictions: 12 })
    expect(series.map((one) => cache.get('acme', one)).filter((value) => value !== undefined)).toEqual([
      'v12',
      'v13',
      'v14',
      'v15',
      'v16',
      'v17',
      'v18',
      'v19',
    ])
  })
})

describe('a full SeriesCache', () => {
  const series = (index: number, host?: string): SeriesRun =>
    run({ name: `m${index}`, lo: index + 1, ...(host === undefined ? {} : { host }) })

  it('finds series that come in another order than before, and none that has gone', () => {
    const cache = new SeriesCache<string>()
    const series = Array.from({ length: 100 }, (_none, index) => run({ name: `m${index}`, hi: index, lo: 7 * index }))
    series.forEach((one, index) => cache.set('acme', one, `v${index}`))
    const all = (order: readonly SeriesRun[]): (string | undefined)[] => order.map((one) => cache.get('acme', one))
    const expected = series.map((_one, index) => `v${index}`)
    expect(all(series)).toEqual(expected)
    expect(all(series.toReversed())).toEqual(expected.toReversed())
    cache.forget('acme')
    expect(all(series).every((value) => value === undefined)).toBe(true)
  })

  it('finds what is left after others had to go', () => {
    const small = new SeriesCache<number>({ maxEntries: 50 })
    const series = Array.from({ length: 60 }, (_none, index) =>
      run({ name: `m${index}`, hi: index + 1, lo: index + 1 }),
    )
    for (const [index, one] of series.entries()) {
      small.set('acme', one, index)
      // Used in order, so that each knows what follows it.
      for (const known of series.slice(0, index)) small.get('acme', known)
    }
    const { entries, evictions } = small.stats
    expect(evictions).toBeGreaterThan(0)
    const found = series.map((one) => small.get('acme', one))
    expect(found.filter((value) => value !== undefined)).toHaveLength(entries)
    found.forEach((value, index) => expect([undefined, index]).toContain(value))
  })

  it('stays within its entries and keeps what is used', () => {
    const cache = new SeriesCache<number>({ maxEntries: 100 })
    for (let index = 0; index < 1000; index++) {
      cache.set('acme', series(index), index)
      expect(cache.stats.entries).toBeLessThanOrEqual(100)
      expect(cache.get('acme', series(0))).toBe(0)
    }
    expect(cache.get('acme', series(999))).toBe(999)
    expect(cache.get('acme', series(1))).toBeUndefined()
    expect(cache.stats.evictions).toBe(1000 - cache.stats.entries)
  })

  it('stays within its bytes, values and groups included', () => {
    const cache = new SeriesCache<number>({ maxBytes: 100_000, sizeOf: () => 1000 })
    for (let index = 0; index < 500; index++) {
      cache.set('acme', series(index, `host-${index}-${'x'.repeat(500)}`), index)
      expect(cache.stats.bytes).toBeLessThanOrEqual(100_000)
    }
    expect(cache.stats.entries).toBeGreaterThan(10)
    cache.forget('acme')
    expect(cache.stats.bytes).toBe(0)
  })

  it('takes from the tenant that holds most', () => {
    const cache = new SeriesCache<number>({ maxEntries: 1000 })
    for (let index = 0; index < 10; index++) cache.set('small', series(index), index)
    for (let index = 0; index < 20_000; index++) cache.set('flood', series(index), index)
    for (let index = 0; index < 10; index++) expect(cache.get('small', series(index))).toBe(index)
  })

  it('stays bounded when everything is in use', () => {
    const cache = new SeriesCache<number>({ maxEntries: 10 })
    for (let index = 0; index < 100; index++) {
      cache.set('acme', series(index), index)
      for (let other = 0; other <= index; other++) cache.get('acme', series(other))
      expect(cache.stats.entries).toBeLessThanOrEqual(10)
    }
  })

  it('holds nothing when one entry is too large for it', () => {
    const cache = new SeriesCache<number>({ maxBytes: 1000, sizeOf: () => 5000 })
    cache.set('acme', series(1), 1)
    expect(cache.get('acme', series(1))).toBeUndefined()
    expect(cache.stats).toMatchObject({ entries: 0, bytes: 0, evictions: 1 })
  })
})
