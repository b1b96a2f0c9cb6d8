import { beforeEach, describe, expect, it } from '@jest/globals'
import { encodeGroupBlock, encodeSeriesBlock } from './blocks.ts'
import type { ComplexPoint, MetricKind } from './metric-batch.ts'
import { PointsWriter } from './points-writer.ts'
import type { ReadBatch } from './read-batch.ts'
import { readBatch } from './read-batch.ts'
import type { BatchHead } from './seal-batch.ts'
import { sealBatch } from './seal-batch.ts'
import { Slab } from './slab.ts'
import { isRepresentableTime, MAX_TIME_MS } from './time.ts'

const NOW = 1_760_000_000_000
const head: BatchHead = {
  tenant: 'acme',
  batchId: Buffer.alloc(16),
  configVersion: 1,
  receivedAtMs: NOW,
  protocol: 'direct',
  received: 0,
  refused: [],
  source: null,
}
const groupOf = (host: string): Buffer =>
  encodeGroupBlock({ resource: [{ key: 'host', value: host }], scope: { name: '', version: '', attributes: [] } })
const blockOf = (name: string, kind: MetricKind = 'gauge'): Buffer =>
  encodeSeriesBlock({ name, kind, temporality: 'unspecified', monotonic: false, unit: '', attributes: [] })
const start = (block: Buffer, startTimeMs = 0) => ({
  fingerprintHi: 1,
  fingerprintLo: 2,
  block,
  startTimeMs,
  startTimeNs: 0,
})
const histogram: ComplexPoint = {
  kind: 'histogram',
  count: 3,
  sum: null,
  min: null,
  max: null,
  bounds: [1],
  counts: [1, 2],
}

describe('PointsWriter', () => {
  let writer: PointsWriter
  const read = (): ReadBatch => readBatch(sealBatch(head, [writer.take()]))

  beforeEach(() => {
    writer = new PointsWriter()
    writer.beginGroup(groupOf('a'))
    writer.beginSeries(start(blockOf('cpu')))
  })

  it('does not write a series whose slab is gone', () => {
    const slab = new Slab(64)
    writer.beginInSlab({ slab, blockAt: 0, blockBytes: 20, branch: 0 }, 0, 0)
    slab.free()
    expect(() => {
      writer.number(NOW, 0, 1, 0)
    }).toThrow('was freed')
  })

  it('gives an empty chunk, and a batch without points, when nothing was written', () => {
    expect(writer.sizeBytes).toBe(0)
    expect(writer.take()).toEqual({ bytes: Buffer.alloc(0), groups: 0, points: 0, minTimeMs: 0, maxTimeMs: 0 })
    const { envelope, points } = read()
    expect(envelope).toMatchObject({ points: 0, minTimeMs: 0, maxTimeMs: 0 })
    expect(points).toMatchObject({ series: [], exemplars: [], columns: { length: 0, complex: null } })
  })

  it('leaves no trace of groups and series without points', () => {
    writer.beginSeries(start(blockOf('none')))
    writer.beginGroup(groupOf('none'))
    writer.beginGroup(groupOf('b'))
    writer.beginSeries(start(blockOf('none')))
    writer.beginSeries(start(blockOf('mem')))
    writer.number(NOW, 0, 1, 0)
    const { series } = read().points
    expect(series.map(({ block, group }) => [block, group.block])).toEqual([[blockOf('mem'), groupOf('b')]])
  })

  it('goes on in the same group and series after take(), so that a batch can be split anywhere', () => {
    for (let index = 0; index < 5; index++) writer.number(NOW + index, 0, index, 0)
    const first = writer.take()
    for (let index = 5; index < 9; index++) writer.number(NOW + index, 0, index, 0)
    const second = writer.take()
    const { points, envelope } = readBatch(sealBatch(head, [first, second]))
    expect(envelope).toMatchObject({ points: 9, minTimeMs: NOW, maxTimeMs: NOW + 8 })
    expect([...points.columns.value]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(points.series.map((run) => [run.first, run.count, run.block])).toEqual([
      [0, 5, blockOf('cpu')],
      [5, 4, blockOf('cpu')],
    ])
  })

  it.each([['gauge'], ['histogram']] as const)('is read whole though its envelope names too few points: %s', (kind) => {
    writer.beginSeries(start(blockOf('x', kind)))
    for (let index = 0; index < 100; index++) {
      if (kind === 'gauge') writer.number(NOW + index, index, index, 1)
      else writer.complex(NOW + index, index, { ...histogram, count: index }, 1)
    }
    const { bytes, ...chunk } = writer.take()
    const { envelope, points } = readBatch(sealBatch(head, [{ ...chunk, bytes, points: 1 }]))
    expect(envelope.points).toBe(1)
    const { timeMs, timeNs, value, flags, complex, length } = points.columns
    const indices = Array.from({ length: 100 }, (_, index) => index)
    expect(length).toBe(100)
    expect([...timeMs]).toEqual(indices.map((index) => NOW + index))
    expect([...timeNs]).toEqual(indices)
    expect([...flags]).toEqual(indices.map(() => 1))
    expect(complex?.map((point) => point?.count) ?? [...value]).toEqual(indices)
  })

  it('takes a run that was read as the beginning of a series', () => {
    writer.number(NOW, 0, 1, 0)
    const [run] = read().points.series
    if (run === undefined) throw new Error('no run')
    const copy = new PointsWriter()
    copy.beginGroup(run.group.block)
    copy.beginSeries(run)
    copy.number(NOW, 0, 1, 0)
    writer.number(NOW, 0, 1, 0)
    expect(copy.take()).toEqual(writer.take())
  })

  it('knows its size closely enough to split by it', () => {
    for (let index = 0; index < 500; index++) {
      writer.beginSeries(start(blockOf(`m${index}`), NOW - index))
      writer.number(NOW, index, index, 0)
      if (index % 7 === 0)
        writer.exemplar({ timeMs: NOW, timeNs: 0, value: 1, traceId: '', spanId: '', attributes: [] })
    }
    const { sizeBytes, points } = writer
    const chunk = writer.take()
    expect(points).toBe(500)
    expect(Math.abs(chunk.bytes.length - sizeBytes)).toBeLessThan(10)
    expect(writer.points).toBe(0)
  })

  it('keeps start times that are those of the series before, or another, through groups and splits', () => {
    const starts = [NOW - 1, NOW - 1, NOW - 9e6, NOW - 9e6, 0, NOW - 9e6, NOW, NOW, MAX_TIME_MS, MAX_TIME_MS, NOW - 9e6]
    const chunks = []
    const expected: (readonly [number, number])[] = []
    for (let part = 0; part < 4; part++) {
      writer.beginGroup(groupOf(`g${part}`))
      for (const [index, startTimeMs] of starts.entries()) {
        const startTimeNs = startTimeMs === 0 ? 0 : Math.floor(index / 3)
        writer.beginSeries({ ...start(blockOf(`m${index}`), startTimeMs), startTimeNs })
        writer.number(NOW + part * 1000, 0, index, 0)
        expected.push([startTimeMs, startTimeNs])
      }
      if (part % 2 === 1) chunks.push(writer.take())
    }
    const { series } = readBatch(sealBatch(head, chunks)).points
    expect(series.map(({ startTimeMs, startTimeNs }) => [startTimeMs, startTimeNs])).toEqual(expected)
  })

  it('keeps exemplars with their points through splits and runs', () => {
    const exemplar = {
      timeMs: NOW - 1,
      timeNs: 5,
      value: 2,
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      attributes: [],
    }
    writer.number(NOW, 0, 0, 0)
    writer.number(NOW, 0, 1, 0)
    writer.exemplar(exemplar)
    const first = writer.take()
    writer.number(NOW, 0, 2, 0)
    writer.beginSeries(start(blockOf('mem')))
    writer.number(NOW, 0, 3, 0)
    writer.exemplar({ ...exemplar, value: 3 })
    const { points } = readBatch(sealBatch(head, [first, writer.take()]))
    expect(points.exemplars).toEqual([
      { ...exemplar, point: 1 },
      { ...exemplar, value: 3, point: 3 },
    ])
  })

  it('is as it was after a time that cannot be written', () => {
    const outOfRange = expect.objectContaining({ code: 'contracts.encode_failed' })
    writer.number(NOW, 0, 1, 0)
    for (const timeMs of [MAX_TIME_MS + 1, -MAX_TIME_MS - 1, NaN, Infinity]) {
      expect(isRepresentableTime(timeMs)).toBe(false)
      expect(() => writer.number(timeMs, 0, 1, 0)).toThrow(outOfRange)
      expect(() => writer.beginSeries(start(blockOf('mem'), timeMs))).toThrow(outOfRange)
    }
    writer.beginSeries(start(blockOf('mem')))
    expect(() => writer.number(NaN, 0, 1, 0)).toThrow(outOfRange)
    writer.number(MAX_TIME_MS, 999_999, 2, 0)
    expect(() =>
      writer.exemplar({ timeMs: NaN, timeNs: 0, value: 1, traceId: '', spanId: '', attributes: [] }),
    ).toThrow(outOfRange)
    const { columns } = read().points
    expect([...columns.timeMs]).toEqual([NOW, MAX_TIME_MS])
    expect([...columns.timeNs]).toEqual([0, 999_999])
  })

  it.each<[string, ComplexPoint]>([
    ['bounds without counts', { ...histogram, counts: [] }],
    ['as many counts as bounds', { ...histogram, counts: [1] }],
    ['an infinite count', { ...histogram, counts: [Infinity, 1] }],
    ['a count that is no number', { ...histogram, counts: [NaN, 1] }],
    ['a negative count', { ...histogram, count: -1 }],
    ['a count beyond 64 bits', { ...histogram, count: 2 ** 63 }],
  ])('refuses a histogram with %s, and is as it was', (_, point) => {
    writer.beginSeries(start(blockOf('h', 'histogram')))
    expect(() => writer.complex(NOW, 0, point, 0)).toThrow(expect.objectContaining({ code: 'contracts.encode_failed' }))
    writer.complex(NOW, 0, histogram, 0)
    expect(read().points.columns.complex).toEqual([histogram])
  })

  it('refuses an exponential histogram whose scale is no int', () => {
    writer.beginSeries(start(blockOf('h', 'exponential_histogram')))
    const buckets = { offset: 0, counts: [] }
    const point = {
      count: 0,
      sum: 0,
      min: null,
      max: null,
      zeroCount: 0,
      zeroThreshold: 0,
      positive: buckets,
      negative: buckets,
    }
    expect(() => writer.complex(NOW, 0, { kind: 'exponential_histogram', scale: 2 ** 31, ...point }, 0)).toThrow(
      'an int of',
    )
  })

  it('throws for calls in the wrong order or of the wrong kind: they are bugs', () => {
    expect(() => new PointsWriter().number(NOW, 0, 1, 0)).toThrow(TypeError)
    const noGroup = new PointsWriter()
    noGroup.beginSeries(start(blockOf('cpu')))
    expect(() => noGroup.number(NOW, 0, 1, 0)).toThrow('before beginGroup()')
    expect(() => writer.complex(NOW, 0, histogram, 0)).toThrow(TypeError)
    expect(() => writer.exemplar({ timeMs: 0, timeNs: 0, value: 1, traceId: '', spanId: '', attributes: [] })).toThrow(
      'before a point',
    )
    writer.beginSeries(start(blockOf('h', 'histogram')))
    expect(() => writer.number(NOW, 0, 1, 0)).toThrow(TypeError)
    writer.beginGroup(groupOf('b'))
    expect(() => writer.complex(NOW, 0, histogram, 0)).toThrow('before beginSeries()')
  })
})

it('sealBatch refuses a batch id that is not 16 bytes', () => {
  expect(() => sealBatch({ ...head, batchId: Buffer.alloc(15) }, [])).toThrow(
    expect.objectContaining({ code: 'contracts.encode_failed' }),
  )
})
