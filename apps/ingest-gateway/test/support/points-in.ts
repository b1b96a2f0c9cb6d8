import { readBatch, sealBatch } from '@pegel/contracts'
import type { MetricPoints, PointsChunk } from '@pegel/contracts'

const HEAD = {
  tenant: 't',
  batchId: Buffer.alloc(16),
  configVersion: 1,
  receivedAtMs: 0,
  protocol: '',
  received: 0,
  refused: [],
  source: null,
}

/** What the enricher would read of a request's chunks, sealed as one record. */
export function pointsIn(chunks: readonly PointsChunk[]): MetricPoints {
  return readBatch(sealBatch(HEAD, chunks)).points
}
