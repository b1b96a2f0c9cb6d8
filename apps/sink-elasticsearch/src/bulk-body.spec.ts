import { describe, expect, it } from '@jest/globals'
import { bulkLines } from '../test/bulk-lines.ts'
import { BulkBody, lateId } from './bulk-body.ts'
import type { DocumentPoint, PackedDocument } from './document-packer.ts'

const point = (name: string, extras: Partial<DocumentPoint> = {}): DocumentPoint => ({
  point: 0,
  name,
  json: `"metrics.${name}":1`,
  template: undefined,
  ...extras,
})

const document = (points: readonly DocumentPoint[], extras: Partial<PackedDocument> = {}): PackedDocument => ({
  record: 0,
  dimensions: '"tenant":"acme"',
  time: '2026-01-01T00:00:00.000000001Z',
  start: '',
  points,
  ...extras,
})

describe('bulkLines', () => {
  it('writes an action and a document, and leaves the id to the stream', () => {
    const counter = point('c', { template: '"metrics.c":"counter"' })
    const [action = '', source = '', ...rest] = bulkLines(document([counter, point('g')]), 'stream').split('\n')
    expect(JSON.parse(action)).toEqual({ create: { dynamic_templates: { 'metrics.c': 'counter' } } })
    expect(JSON.parse(source)).toEqual({
      '@timestamp': '2026-01-01T00:00:00.000000001Z',
      tenant: 'acme',
      metric_names_hash: expect.stringMatching(/^[\w-]{22}$/),
      'metrics.c': 1,
      'metrics.g': 1,
    })
    expect(rest).toEqual([''])
  })

  it('gives a late document an id of its key alone', () => {
    const [action = ''] = bulkLines(document([point('g')]), 'late').split('\n')
    expect(JSON.parse(action)).toEqual({ create: { _id: lateId(document([point('g')])) } })
    const same = document([point('g', { json: '"metrics.g":2', point: 7 })], {
      start: '2026-01-01T00:00:00Z',
      record: 3,
    })
    expect(lateId(same)).toBe(lateId(document([point('g')])))
  })

  it('gives other labels, times or metrics another id', () => {
    const others = [
      document([point('g')]),
      document([point('h')]),
      document([point('g'), point('h')]),
      document([point('g')], { dimensions: '"tenant":"other"' }),
      document([point('g')], { time: '2026-01-01T00:00:00.000000002Z' }),
    ]
    expect(new Set(others.map(lateId)).size).toBe(others.length)
  })

  it('writes numbers as they are, behind what stands before them', () => {
    const values = [1.5, -0, 0, 7, 1e-9, 0.1, 1 / 3, -12345.678, 2 ** 53, 1e300]
    const points = values.map((value, index) => point(`m${index}`, { json: `"metrics.m${index}":`, value }))
    const [, source = ''] = bulkLines(document(points), 'stream').split('\n')
    const written = JSON.parse(source) as Record<string, unknown>
    expect(values.map((_, index) => written[`metrics.m${index}`])).toEqual(values)
    expect(source).toContain('"metrics.m1":-0.0,')
  })

  it('writes one body after another into the same memory', () => {
    const body = new BulkBody()
    const documents = Array.from({ length: 2000 }, (_, index) =>
      document([point(`é${index}`, { json: Buffer.from(`"é${index}":`).toString('latin1'), value: index / 7 })]),
    )
    for (const each of documents) body.add(each, 'stream')
    const whole = documents.map((each) => bulkLines(each, 'stream')).join('')
    expect(body.bytes.toString()).toBe(whole)
    expect(whole).toContain('"é1999":285.57142857142856')
    body.cut(0)
    for (const each of documents.slice(0, 2)) body.add(each, 'late')
    const { length } = body
    for (const each of documents.slice(2, 9)) body.add(each, 'late')
    body.cut(length)
    expect(body.bytes.toString()).toBe(
      documents
        .slice(0, 2)
        .map((each) => bulkLines(each, 'late'))
        .join(''),
    )
  })

  it('says when counting began, where that is known', () => {
    const [, source = ''] = bulkLines(
      document([point('g')], { start: '2025-01-01T00:00:00.000000000Z' }),
      'stream',
    ).split('\n')
    expect(JSON.parse(source)).toMatchObject({ start_timestamp: '2025-01-01T00:00:00.000000000Z' })
  })
})
