import { describe, expect, it } from '@jest/globals'
import { batchOf, gauge, sum } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import { CASES } from '../test/cases.ts'
import { packRecord } from './documents.ts'
import type { Fields } from './elasticsearch.client.ts'
import { FieldsCache } from './fields-cache.ts'
import { NewFields } from './new-fields.ts'
import { newDraft } from './outcome-draft.ts'
import type { SeriesFields } from './series-fields.ts'

const { signal } = new AbortController()
const AT = 1_767_225_600_123
const FULL = 'Limit of total fields [5000] has been exceeded while adding new fields [9]'

/** `answer` says why fields are refused, or throws. */
function scene(answer: (fields: readonly string[], request: number) => string | undefined = () => undefined) {
  const requests: { readonly stream: string; readonly fields: Fields }[] = []
  const newFields = new NewFields({
    addFields: async (stream, fields) => {
      requests.push({ stream, fields })
      return Promise.resolve(answer(Object.keys(fields), requests.length - 1))
    },
  })
  const cache = new FieldsCache(1e6)
  const write = async (series: readonly SeriesSpec[], stream = 's'): Promise<void> => {
    const made = new Set<SeriesFields>()
    const target = { index: 0, draft: newDraft() }
    const documents = packRecord(batchOf('acme', series).record, (run) => cache.of('acme', run, made), target)
    await newFields.make(stream, { documents, series: made }, signal)
  }
  const names = () => requests.map(({ fields }) => Object.keys(fields))
  return { write, requests, names }
}

const many = (prefix: string, count: number): SeriesSpec[] =>
  Array.from({ length: count }, (_, i) => gauge(`${prefix}${i}`, [[AT, 1]], { attributes: { host: 'a' } }))

describe('NewFields', () => {
  it('makes in one request what the documents of a write bring for the first time', async () => {
    const { write, requests } = scene()
    const counters = Array.from({ length: 20 }, (_, i) =>
      sum(`c${i}`, [[AT, 1]], { attributes: { [`key${i}`]: 'x', 'ü"': 'y' } }),
    )
    await write([...counters, ...many('häufig "', 20)])
    expect(requests).toHaveLength(1)
    const { stream, fields = {} } = requests[0] ?? {}
    expect([stream, Object.keys(fields)]).toEqual(['s', expect.arrayContaining(['metrics.c19', 'attributes.key19'])])
    expect(fields['metrics.c7']).toEqual({ type: 'double', time_series_metric: 'counter' })
    expect(fields['metrics.häufig "7']).toEqual({ type: 'double', time_series_metric: 'gauge' })
    expect(fields['attributes.ü"']).toEqual({ type: 'keyword', time_series_dimension: true })
    // 40 metrics, 20 labels, `ü"` and host: what every document has is in the template.
    expect(Object.keys(fields)).toHaveLength(62)
  })

  it('knows the members of histograms and summaries, and leaves lists to the documents', async () => {
    const { write, requests } = scene()
    await write(Object.values(CASES).flat())
    expect(requests[0]?.fields).toMatchObject({
      'metrics.http.server.duration.count': { type: 'double', time_series_metric: 'counter' },
      'metrics.http.server.duration.sum': { type: 'double', time_series_metric: 'gauge' },
    })
    expect(
      Object.keys(requests[0]?.fields ?? {}).filter((field) => /bounds|counts|quantiles|values/.test(field)),
    ).toEqual([])
  })

  it('asks for nothing twice, and leaves a few to the documents', async () => {
    const { write, names } = scene()
    await write(many('m', 15))
    expect(names()).toHaveLength(1)
    await write(many('m', 15))
    await write(many('n', 15))
    expect(names()).toHaveLength(1)
    await write(many('o', 16))
    expect(names()[1]?.sort()).toEqual(
      many('o', 16)
        .map(({ name }) => `metrics.${name}`)
        .sort(),
    )
  })

  it('keeps streams apart', async () => {
    const { write, requests } = scene()
    await write(many('m', 20), 'one')
    await write(many('n', 20), 'two')
    expect(requests.map(({ stream, fields }) => [stream, Object.keys(fields).length])).toEqual([
      ['one', 21],
      ['two', 21],
    ])
  })

  it('finds the many that are taken beside one that is not', async () => {
    const { write, names } = scene((fields) => (fields.includes('metrics.m70') ? 'of another type' : undefined))
    await write(many('m', 199))
    const asked = names()
    const made = asked.filter((fields) => !fields.includes('metrics.m70')).flat()
    expect(made.length).toBeGreaterThan(199 - 32)
    expect(new Set(made).size).toBe(made.length)
    expect(asked.length).toBeLessThan(10)
  })

  it('stops at the limit of fields, after those that there is room for', async () => {
    let room = 100
    const { write, names } = scene((fields) => {
      if (fields.length > room) return FULL
      room -= fields.length
      return undefined
    })
    await write(many('m', 999))
    expect(room).toBeLessThan(32)
    expect(names().length).toBeLessThan(16)
  })

  it('asks again what nobody answered, and never stands in the way of the write', async () => {
    const { write, names } = scene((_fields, request) => {
      if (request === 0) throw new Error('no such stream')
      return undefined
    })
    await write(many('m', 20))
    await write(many('m', 20))
    await write(many('m', 20))
    expect(names()).toEqual([names()[1], names()[1]])
    expect(names()[1]).toHaveLength(21)
  })

  it('keeps so much and no more of what nobody ever answers', async () => {
    const { write, names } = scene(() => {
      throw new Error('away')
    })
    for (let i = 0; i < 4; i += 1) await write(many(`m${i}_`, 5000))
    expect(names().map(({ length }) => length)).toEqual([5001, 10_001, 15_000, 15_000])
  })
})
