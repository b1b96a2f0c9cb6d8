import { describe, expect, it } from '@jest/globals'
import { encodeGroupBlock, encodeSeriesBlock, parseGroupBlock, parseSeriesBlock } from './blocks.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { GroupIdentity, SeriesIdentity } from './metric-batch.ts'
import { PointsWriter } from './points-writer.ts'
import { readBatch, readEnvelope } from './read-batch.ts'
import { sealBatch } from './seal-batch.ts'

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
const head = {
  tenant: 'acme',
  batchId: Buffer.alloc(16, 7),
  configVersion: 3,
  receivedAtMs: 1_700_000_000_000,
  protocol: 'otlp_http',
  received: 201,
  refused: [{ reason: 'too_old', count: 1 }],
  source: null,
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
    const value = sealBatch(head, [writer.take()])
    expect(readEnvelope(value)).toMatchObject({
      ...head,
      points: 200,
      minTimeMs: 1_700_000_000_000,
      maxTimeMs: 1_700_002_985_000,
    })
    const { points } = readBatch(value)
    const [run] = points.series
    expect(points.series).toHaveLength(1)
    expect(run).toMatchObject({ ...start, first: 0, count: 200 })
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
