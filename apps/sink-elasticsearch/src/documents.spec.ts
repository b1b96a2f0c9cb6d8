import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { batchOf, gauge, sum } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import fc from 'fast-check'
import { CASES } from '../test/cases.ts'
import { bulkLines } from '../test/bulk-lines.ts'
import { packRecord } from './documents.ts'
import { FieldsCache } from './fields-cache.ts'
import { newDraft } from './outcome-draft.ts'
import type { OutcomeDraft } from './outcome-draft.ts'

const AT = 1_767_225_600_123
const GOLDEN = new URL('../test/golden/', import.meta.url)

interface Packed {
  readonly text: string
  readonly draft: OutcomeDraft
  /** Points of each document. */
  readonly points: number[][]
  /** Documents without their metrics, as text: what makes them one and the same to Elasticsearch. */
  readonly keys: string[]
}

function pack(series: readonly SeriesSpec[], options: { select?: number[]; tenant?: string } = {}): Packed {
  const { select, tenant = 'acme' } = options
  const cache = new FieldsCache(1e6)
  const { record } = batchOf(tenant, series)
  const draft = newDraft()
  const selected = { ...record, select: select === undefined ? null : Uint32Array.from(select) }
  const documents = packRecord(selected, (run) => cache.of(tenant, run), { index: 0, draft })
  const lines = documents.map((document) => bulkLines(document, 'stream'))
  return {
    text: lines.join(''),
    draft,
    points: documents.map(({ points }) => points.map(({ point }) => point)),
    keys: lines.map((line) => JSON.stringify(dimensionsOf(JSON.parse(line.split('\n')[1] ?? '') as object))),
  }
}

function dimensionsOf(document: object): object {
  return Object.fromEntries(
    Object.entries(document).filter(([field]) => !field.startsWith('metrics.') && field !== 'start_timestamp'),
  )
}

describe('golden files', () => {
  const files = readdirSync(GOLDEN)

  it.each(Object.entries(CASES))('%s', (name, series) => {
    const { text, draft } = pack(series)
    const file = `${name}.ndjson`
    if (text === '') {
      expect(files).not.toContain(file)
      expect(draft.unsupported).toBe(series.reduce((total, { points }) => total + points.length, 0))
    } else expect(text).toBe(readFileSync(new URL(file, GOLDEN), 'utf8'))
  })

  it('has a case for each', () => {
    expect(files.filter((file) => CASES[file.replace('.ndjson', '')] === undefined)).toEqual([])
  })
})

describe('packRecord', () => {
  const host = { attributes: { host: 'a' } }

  it('packs metrics of equal labels and time into one document, and no others', () => {
    const series = [
      gauge(
        'a',
        [
          [AT, 1],
          [AT + 1, 2],
        ],
        host,
      ),
      gauge('b', [[AT, 3]], host),
      gauge('c', [[AT, 4]], { attributes: { host: 'b' } }),
      gauge('d', [[AT, 5]], { ...host, unit: 's' }),
      sum('e', [[AT, 6]], host),
      gauge('f', [[AT, 7]], { resource: { host: 'a' } }),
    ]
    expect(pack(series).points).toEqual([[0, 2], [1], [3], [4], [5], [6]])
  })

  it('gives a redelivered record documents with the same keys, whatever the order of its series', () => {
    const label = fc.constantFrom('a', 'b')
    const spec = fc.record({ name: fc.constantFrom('x', 'y', 'z'), host: label, unit: label, at: fc.nat(2) })
    fc.assert(
      fc.property(fc.uniqueArray(spec, { selector: (each) => JSON.stringify(each) }), (specs) => {
        const series = specs.map(({ name, host: value, unit, at }) =>
          gauge(name, [[AT + at, 1]], { attributes: { host: value }, unit }),
        )
        const once = pack(series)
        expect(pack(series).text).toBe(once.text)
        expect(pack([...series].reverse()).keys.sort()).toEqual(once.keys.sort())
        expect(new Set(once.keys).size).toBe(once.keys.length)
        expect(once.points.flat().sort((a, b) => a - b)).toEqual(series.map((_, at) => at))
      }),
    )
  })

  it('keeps the first point of each name and labels, by name, whatever order came before', () => {
    const spec = fc.record({ name: fc.constantFrom('x', 'y', 'z', 'a'), host: fc.constantFrom('p', 'q') })
    fc.assert(
      fc.property(fc.array(spec, { maxLength: 12 }), (specs) => {
        const first = new Map<string, Map<string, number>>()
        specs.forEach(({ name, host: value }, at) => {
          const names = first.get(value) ?? new Map<string, number>()
          first.set(value, names)
          if (!names.has(name)) names.set(name, at)
        })
        const expected = [...first.values()].map((names) => [...names].sort(([a], [b]) => (a < b ? -1 : 1)))
        const { points, draft } = pack(
          specs.map(({ name, host: value }) => gauge(name, [[AT, 1]], { attributes: { host: value } })),
        )
        expect(points).toEqual(expected.map((names) => names.map(([, at]) => at)))
        expect(draft.collapsed).toBe(specs.length - points.flat().length)
      }),
    )
  })

  it('holds no value that is not finite', () => {
    const values = [NaN, Infinity, -Infinity].map((value, index) => gauge(`m${index}`, [[AT, value]]))
    expect(pack([...values, gauge('n', [[AT, 1]])])).toMatchObject({ points: [[3]], draft: { unsupported: 3 } })
  })

  it('never hides a point of one record behind a point of another', () => {
    const [both, first, second] = [
      pack([gauge('a', [[AT, 1]], host), gauge('b', [[AT, 2]], host)]),
      pack([gauge('a', [[AT, 1]], host)]),
      pack([gauge('b', [[AT, 2]], host)]),
    ]
    expect(new Set([...both.keys, ...first.keys, ...second.keys]).size).toBe(3)
  })

  it('tells two tenants apart', () => {
    const series = [gauge('a', [[AT, 1]], { attributes: { tenant: 'forged' } })]
    const keys = ['one', 'two'].map((tenant) => pack(series, { tenant }).keys[0])
    expect(keys).toEqual([expect.stringContaining('"tenant":"one"'), expect.stringContaining('"tenant":"two"')])
    expect(keys[0]).not.toBe(keys[1])
  })

  it('keeps the first of two points of a series at one time and counts the other as collapsed', () => {
    const { points, draft } = pack([
      gauge(
        'a',
        [
          [AT, 1],
          [AT, 2],
        ],
        host,
      ),
      gauge('b', [[AT, 3]], host),
      gauge('a', [[AT, 4]], host),
    ])
    expect(points).toEqual([[0, 2]])
    expect(draft.collapsed).toBe(2)
  })

  it('counts as collapsed what differs in start time alone, and stores it when other metrics are with it', () => {
    const started = (startTimeMs: number, ...names: string[]): SeriesSpec[] =>
      names.map((name) => sum(name, [[AT, 1]], { startTimeMs }))
    expect(pack([...started(1, 'a', 'b'), ...started(2, 'b', 'a')])).toMatchObject({
      points: [[0, 1]],
      draft: { collapsed: 2 },
    })
    expect(pack([...started(1, 'a', 'b'), ...started(2, 'a')])).toMatchObject({
      points: [[0, 1], [2]],
      draft: { collapsed: 0 },
    })
  })

  it('keeps nanoseconds apart', () => {
    const points = [1, 2].map((timeNs) => ({ timeMs: AT, timeNs, value: timeNs }))
    expect(pack([{ ...gauge('a', []), points }]).points).toEqual([[0], [1]])
  })

  it('packs the selected points only, and answers for no other', () => {
    const series = [
      gauge(
        'a',
        [
          [AT, 1],
          [AT + 1, NaN],
        ],
        host,
      ),
      gauge(
        'b',
        [
          [AT, 3],
          [AT + 1, NaN],
        ],
        host,
      ),
    ]
    const { points, draft } = pack(series, { select: [1, 2] })
    expect([points, draft.unsupported]).toEqual([[[2]], 1])
  })
})
