import { describe, expect, it } from '@jest/globals'
import type { Exemplar } from '@pegel/contracts'
import { exemplarFields, exemplarsByPoint } from './exemplar-fields.ts'

const exemplar = (point: number, extras: Partial<Exemplar> = {}): Exemplar => ({
  point,
  timeMs: 1_767_225_600_123,
  timeNs: 4,
  value: 0.5,
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  attributes: [],
  ...extras,
})
const document = (text: string): unknown => JSON.parse(`{"a":1${Buffer.from(text, 'latin1').toString()}}`)

describe('exemplars', () => {
  it('are no work where there are none', () => {
    expect(exemplarsByPoint([])).toBeUndefined()
    expect(exemplarFields([{ point: 0, name: 'm', json: '', template: undefined }])).toBe('')
  })

  it('belong to their points, and what Elasticsearch cannot hold of them is left out', () => {
    const good = [exemplar(1), exemplar(1), exemplar(3)]
    const bad = [exemplar(3, { value: NaN }), exemplar(4, { timeMs: -1 }), exemplar(5, { timeMs: 9.3e15 })]
    const byPoint = exemplarsByPoint([...good, ...bad])
    expect([...(byPoint ?? [])].map(([point, list]) => [point, list.length])).toEqual([
      [1, 2],
      [3, 1],
    ])
  })

  it('are lists of equal length, whatever is missing', () => {
    const points = [
      {
        point: 0,
        name: 'é',
        json: '',
        template: undefined,
        exemplars: [exemplar(0), exemplar(0, { traceId: '', spanId: '' })],
      },
      { point: 1, name: 'b', json: '', template: undefined },
      {
        point: 2,
        name: 'c',
        json: '',
        template: undefined,
        exemplars: [exemplar(2, { attributes: [{ key: 'u', value: '"' }] })],
      },
    ]
    expect(document(exemplarFields(points))).toEqual({
      a: 1,
      'exemplars.metric': ['é', 'é', 'c'],
      'exemplars.value': [0.5, 0.5, 0.5],
      'exemplars.timestamp': Array(3).fill('2026-01-01T00:00:00.123000004Z'),
      'exemplars.trace_id': ['ab'.repeat(16), '', 'ab'.repeat(16)],
      'exemplars.span_id': ['cd'.repeat(8), '', 'cd'.repeat(8)],
      'exemplars.attributes': ['{}', '{}', '{"u":"\\""}'],
    })
  })
})
