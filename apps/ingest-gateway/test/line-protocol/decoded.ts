import { parseGroupBlock, parseSeriesBlock } from '@pegel/contracts'
import type { GroupIdentity, SeriesIdentity } from '@pegel/contracts'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import type { TenantLimits } from '@pegel/tenancy'
import { RequestPoints } from '../../src/ingest/request-points.ts'
import { decodeLines, LineCache } from '../../src/line-protocol/index.ts'
import type { LineReport, Precision } from '../../src/line-protocol/index.ts'
import { pointsIn } from '../support/points-in.ts'

export const NOW = 1_767_225_600_000

export interface DecodedLine {
  readonly group: GroupIdentity
  readonly series: SeriesIdentity
  readonly timeMs: number
  readonly timeNs: number
  readonly value: number
}

export interface Decoded {
  readonly points: readonly DecodedLine[]
  readonly report: LineReport
  readonly refused: Readonly<Record<string, number>>
}

export interface DecodeSettings {
  readonly precision?: Precision
  readonly cache?: LineCache
  readonly limits?: Partial<TenantLimits>
}

/** What the enricher would read of a body of line protocol. */
export function decode(body: Buffer | string, { precision = 'ns', cache, limits = {} }: DecodeSettings = {}): Decoded {
  const all = { ...DEFAULT_LIMITS, maxPointAgeMs: Infinity, maxPointFutureMs: Infinity, ...limits }
  const points = new RequestPoints({ limits: all, receivedAtMs: NOW })
  const options = { cache: cache ?? new LineCache(all), precision, receivedAtMs: NOW }
  const report = decodeLines(Buffer.from(body), points, options)
  const { chunks, refused } = points.finish()
  const { columns, series } = pointsIn(chunks)
  const decoded = series.flatMap((run) =>
    Array.from({ length: run.count }, (_, index) => ({
      group: parseGroupBlock(run.group.block),
      series: parseSeriesBlock(run.block),
      timeMs: columns.timeMs[run.first + index] ?? NaN,
      timeNs: columns.timeNs[run.first + index] ?? NaN,
      value: columns.value[run.first + index] ?? NaN,
    })),
  )
  return { points: decoded, report, refused: Object.fromEntries(refused.map(({ reason, count }) => [reason, count])) }
}
