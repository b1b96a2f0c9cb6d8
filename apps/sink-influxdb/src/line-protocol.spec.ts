import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { batchOf, deltaSum, gauge, sum } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import fc from 'fast-check'
import { CASES } from '../test/cases.ts'
import { parseLine } from '../test/parse-line.ts'
import { LineCache } from './line-cache.ts'
import { encodeRecord } from './line-protocol.ts'
import { LineSheet } from './line-sheet.ts'
import { newDraft } from './outcome-draft.ts'
import type { OutcomeDraft } from './outcome-draft.ts'

const AT = 1_767_225_600_123
const GOLDEN = new URL('../test/golden/', import.meta.url)

interface Encoded {
  readonly text: string
  readonly draft: OutcomeDraft
  /** Point of each line. */
  readonly points: number[]
}

function encode(
  series: readonly SeriesSpec[],
  options: { cache?: LineCache; select?: number[]; tenant?: string } = {},
): Encoded {
  const { cache = new LineCache(1e6), select, tenant = 'acme' } = options
  const { record } = batchOf(tenant, series)
  const sheet = new LineSheet()
  const draft = newDraft()
  const selected = { ...record, select: select === undefined ? null : Uint32Array.from(select) }
  encodeRecord(selected, (run) => cache.of(tenant, run), { sheet, index: 0, draft })
  const lines = Array.from({ length: sheet.length }, (_, line) => line)
  const text = lines.length === 0 ? '' : sheet.gather(lines).toString('utf8')
  return { text, draft, points: lines.map((line) => sheet.pointOf(line)) }
}

describe('golden files', () => {
  const files = readdirSync(GOLDEN)

  it.each(Object.entries(CASES))('%s', (name, series) => {
    const { text, draft } = encode(series)
    const file = `${name}.lp`
    if (text === '') {
      expect(files).not.toContain(file)
      expect(draft.unsupported).toBe(series.reduce((total, { points }) => total + points.length, 0))
    } else {
      expect(text).toBe(readFileSync(new URL(file, GOLDEN), 'utf8'))
      for (const line of text.trimEnd().split('\n')) expect(() => parseLine(line)).not.toThrow()
    }
  })

  it('has a case for each', () => {
    expect(files.filter((file) => CASES[file.replace('.lp', '')] === undefined)).toEqual([])
  })
})

describe('encodeRecord', () => {
  it('gives every point of a record a line of its own, with value, labels and time as they are', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
    const label = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[\\\p{Cc}]/u.test(text))
    const point = fc.tuple(fc.integer({ min: 1, max: 4e12 }), finite)
    fc.assert(
      fc.property(fc.array(fc.record({ host: label, points: fc.array(point, { minLength: 1 }) })), (spec) => {
        const series = spec.map(({ host, points }, at) => gauge(`m${at}`, points, { attributes: { host } }))
        const { text } = encode(series)
        const expected = spec.flatMap(({ host, points }, at) =>
          points.map(([timeMs, value]) => ({
            measurement: `m${at}`,
            tags: { host, tenant: 'acme' },
            fields: { gauge: value },
            time: `${timeMs}000000`,
          })),
        )
        const lines = text.split('\n').slice(0, -1).map(parseLine)
        expect(lines.map((line) => ({ ...line, fields: { gauge: Number(line.fields.gauge) } }))).toEqual(expected)
      }),
    )
  })

  it('writes the selected points only, and answers for no other', () => {
    const series = [
      gauge('a', [
        [AT, 1],
        [AT + 1, NaN],
        [AT + 2, 3],
      ]),
      gauge('b', [
        [AT, 4],
        [AT + 1, NaN],
      ]),
    ]
    const { points, draft } = encode(series, { select: [0, 1, 3] })
    expect(points).toEqual([0, 3])
    expect(draft.unsupported).toBe(1)
  })

  it('keeps two tenants with the same series apart by a tag', () => {
    const cache = new LineCache(1e6)
    const series = [gauge('m', [[AT, 1]], { attributes: { tenant: 'forged' } })]
    const texts = ['one', 'two'].map((tenant) => encode(series, { cache, tenant }).text)
    expect(texts.map((text) => parseLine(text.trimEnd()).tags)).toEqual([{ tenant: 'one' }, { tenant: 'two' }])
  })

  const inResource = (value: number, at = AT): SeriesSpec => gauge('m', [[at, value]], { resource: { k: 'v' } })
  const inPoint = (value: number, at = AT): SeriesSpec => gauge('m', [[at, value]], { attributes: { k: 'v' } })

  it('books a point that would overwrite another series as collided, the same one every time', () => {
    const cache = new LineCache(1e6)
    for (const attempt of [1, 2, 3]) {
      const { text, draft, points } = encode([inResource(attempt), inPoint(attempt)], { cache })
      expect(points).toEqual([0])
      expect(draft.collided).toBe(1)
      expect(parseLine(text.trimEnd()).fields).toEqual({ gauge: String(attempt) })
    }
    expect(encode([inPoint(1), inResource(2)], { cache }).points).toEqual([0])
  })

  it('writes both of two series that look alike when their times differ, and a series twice at its own time', () => {
    expect(encode([inResource(1), inPoint(2, AT + 1)]).draft.collided).toBe(0)
    expect(encode([inResource(1), inResource(2), inPoint(3, AT + 1)]).points).toEqual([0, 1, 2])
  })

  it('sees no collision where the fields differ', () => {
    const series = [sum('m', [[AT, 1]]), gauge('m', [[AT, 2]]), deltaSum('m', [[AT, 3]])]
    expect(encode(series)).toMatchObject({ points: [0, 1, 2], draft: { collided: 0 } })
  })

  it('still tells twins apart after the cache was too small to keep them', () => {
    const cache = new LineCache(1)
    for (let round = 0; round < 3; round += 1) {
      expect(encode([inResource(1), inPoint(2), inResource(3)], { cache })).toMatchObject({
        points: [0, 2],
        draft: { collided: 1 },
      })
    }
  })
})
