import { describe, expect, it } from '@jest/globals'
import { encodeGroupBlock, encodeSeriesBlock, parseGroupBlock, parseSeriesBlock } from './blocks.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { GroupIdentity, SeriesIdentity, SeriesRun } from './metric-batch.ts'
import { PointsWriter } from './points-writer.ts'
import { readBatch, readEnvelope } from './read-batch.ts'
import { forEachRun } from './read-points.ts'
import { sealBatch } from './seal-batch.ts'
import { BATCH_HEAD } from '../test/batch-head.ts'

const group: GroupIdentity = {
  resource: [{ key: 'service.name', value: 'shop' }],
  scope: { name: 'http', version: '1.0', attributes: [] },
}
const series: SeriesIdentity = {
  name: 'http.server.duration',
  kind: 'sum',
  temporality: 'cumulative',
  monotonic: true,
  unit: 'ms',
  attributes: [
    { key: 'a', value: '1' },
    { key: 'b', value: '2' },
  ],
}
describe('a batch of numbers', () => {
  it('is read as it was written', () => {
    const writer = new PointsWriter()
    const { hi, lo } = fingerprintOf(group, series)
    writer.beginGroup(encodeGroupBlock(group))
    const start = {
      fingerprintHi: hi,
      fingerprintLo: lo,
      block: encodeSeriesBlock(series),
      startTimeMs: 1_600_000_000_000,
      startTimeNs: 5,
    }
    writer.beginSeries(start)
    for (let index = 0; index < 200; index++)
      writer.number(1_700_000_000_000 + index * 15_000, index, index / 3, index % 2)
    const value = sealBatch(BATCH_HEAD, [writer.take()])
    expect(readEnvelope(value)).toMatchObject({
      ...BATCH_HEAD,
      points: 200,
      minTimeMs: 1_700_000_000_000,
      maxTimeMs: 1_700_002_985_000,
    })
    const { points } = readBatch(value)
    const [run] = points.series
    expect(points.series).toHaveLength(1)
    expect(run).toMatchObject({ ...start, first: 0, count: 200 })
    forEachRun(points, (each) => {
      expect(each).toMatchObject({ ...start, first: 0, count: 200 })
      expect(each.block).toEqual(start.block)
    })
    expect(parseSeriesBlock(run?.block ?? Buffer.alloc(0))).toEqual(series)
    expect(parseGroupBlock(run?.group.block ?? Buffer.alloc(0))).toEqual(group)
    expect(points.columns.length).toBe(200)
    for (let index = 0; index < 200; index++) {
      expect(points.columns.timeMs[index]).toBe(1_700_000_000_000 + index * 15_000)
      expect(points.columns.timeNs[index]).toBe(index)
      expect(points.columns.value[index]).toBe(index / 3)
      expect(points.columns.flags[index]).toBe(index % 2)
    }
  })
})

describe('the runs of a batch', () => {
  it('are the same one by one as together, over groups and beyond the first capacity', () => {
    const writer = new PointsWriter()
    for (let at = 0; at < 3; at++) {
      writer.beginGroup(encodeGroupBlock({ ...group, resource: [{ key: 'host', value: `h${at}` }] }))
      for (let index = 0; index < 40; index++) {
        const block = encodeSeriesBlock({ ...series, name: `m${index}` })
        const fingerprintHi = 0xffff_ff00 + at
        writer.beginSeries({
          fingerprintHi,
          fingerprintLo: index,
          block,
          startTimeMs: 1000 + index,
          startTimeNs: index,
        })
        for (let point = 0; point <= index % 3; point++) writer.number(2000 + point, 0, point, 0)
      }
    }
    const { points } = readBatch(sealBatch(BATCH_HEAD, [writer.take()]))
    const textOf = (run: SeriesRun): string =>
      JSON.stringify([
        parseGroupBlock(run.group.block),
        parseSeriesBlock(run.block),
        ...[run.fingerprintHi, run.fingerprintLo, run.startTimeMs, run.startTimeNs, run.first, run.count],
      ])
    const seen: string[] = []
    forEachRun(points, (run) => seen.push(textOf(run)))
    expect(seen).toEqual(points.series.map(textOf))
    expect(new Set(seen).size).toBe(120)
    expect(points.series.at(-1)).toMatchObject({ fingerprintHi: 0xffff_ff02, startTimeMs: 1039, startTimeNs: 39 })
  })
})
