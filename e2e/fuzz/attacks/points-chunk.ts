import { encodeGroupBlock, encodeSeriesBlock, fingerprintOf, PointsWriter } from '@pegel/contracts'
import type { PointsChunk } from '@pegel/contracts'

const GROUP = { resource: [{ key: 'service.name', value: 'fuzz' }], scope: { name: '', version: '', attributes: [] } }
const HEAD = { name: 'fuzz.record', kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '' } as const

/** Three points of one series. */
export function pointsChunk(): PointsChunk {
  const series = { ...HEAD, attributes: [{ key: 'host', value: 'a' }] }
  const { hi: fingerprintHi, lo: fingerprintLo } = fingerprintOf(GROUP, series)
  const writer = new PointsWriter()
  writer.beginGroup(encodeGroupBlock(GROUP))
  const block = encodeSeriesBlock(series)
  writer.beginSeries({ fingerprintHi, fingerprintLo, block, startTimeMs: 0, startTimeNs: 0 })
  for (let index = 0; index < 3; index++) writer.number(Date.now() + index, 0, index, 0)
  return writer.take()
}
