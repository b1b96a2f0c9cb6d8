import { encodeGroupBlock, encodeSeriesBlock } from '../src/blocks.ts'
import { NO_FINGERPRINT, PointsWriter } from '../src/points-writer.ts'
import { sealBatch } from '../src/seal-batch.ts'
import { BATCH_HEAD } from './batch-head.ts'

/** A batch of three runs, each of one number at the time of all. */
export function lonePoints(): Buffer {
  const writer = new PointsWriter()
  writer.beginGroup(encodeGroupBlock({ resource: [], scope: { name: '', version: '', attributes: [] } }))
  for (const name of ['a', 'b', 'c']) {
    const kind = { kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '' } as const
    const block = encodeSeriesBlock({ name, ...kind, attributes: [] })
    writer.beginSeries({ block, ...NO_FINGERPRINT, startTimeMs: 1_600_000_000_000, startTimeNs: 0 })
    writer.number(1_700_000_000_000, 0, 1.5, 0)
  }
  return sealBatch(BATCH_HEAD, [writer.take()])
}
