import { readBatch, sealBatch } from '@pegel/contracts'
import type { RequestOutcome } from '../../src/ingest/request-points.ts'

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

/** What an outcome says of each point, whether neighbours of one series stand in one run or in two: a batch may have either. */
export function toldPoints({ chunks, accepted, refused }: RequestOutcome): object {
  const { series, columns, exemplars } = readBatch(sealBatch(HEAD, chunks)).points
  const points = series.flatMap(
    ({ group, block, fingerprintHi, fingerprintLo, startTimeMs, startTimeNs, first, count }) => {
      const run = { group: group.block, block, fingerprintHi, fingerprintLo, startTimeMs, startTimeNs }
      return Array.from({ length: count }, () => run).map((each, index) => ({ ...each, point: first + index }))
    },
  )
  return { points, columns, exemplars, accepted, refused }
}
