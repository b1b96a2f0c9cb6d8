import { PointsWriter } from '@pegel/contracts'
import type { PointsChunk } from '@pegel/contracts'
import { gatewayErrors } from '../errors.ts'
import { Intake } from './intake.ts'
import type { IntakeKind, IntakeOptions, IntakeRequest } from './intake.ts'
import type { ActiveSeries } from './active-series.ts'
import { RequestPoints } from './request-points.ts'
import type { RateRule } from './tenant-rate.ts'

export type { IngestAnswer } from './intake.ts'
export type IngestRequest = IntakeRequest<RequestPoints>

const POINTS_PER_SECOND: RateRule = {
  reason: 'points_per_second',
  rateOf: ({ pointsPerSecond: perSecond, burstPoints: burst }) => ({ perSecond, burst }),
  error: gatewayErrors.rate_limited,
}
const BYTES_PER_SECOND: RateRule = {
  reason: 'bytes_per_second',
  rateOf: ({ bytesPerSecond: perSecond, burstBytes: burst }) => ({ perSecond, burst }),
  error: gatewayErrors.bytes_rate_limited,
}

/** The writer is used again for each request: decoding is synchronous, and a request takes its chunks with it. */
function points(writer: PointsWriter, series: ActiveSeries): IntakeKind<RequestPoints, PointsChunk> {
  return {
    what: 'points',
    rates: { count: POINTS_PER_SECOND, bytes: BYTES_PER_SECOND },
    collect: (tenant, receivedAtMs, nowMs) =>
      new RequestPoints({ limits: tenant.limits, receivedAtMs, gate: series.gate(tenant, nowMs), writer }),
  }
}

/** Takes in metric points. Beyond a rate: gatewayErrors.rate_limited, bytes_rate_limited. */
export class Ingest extends Intake<RequestPoints, PointsChunk> {
  constructor({ series, ...options }: IntakeOptions<PointsChunk> & { readonly series: ActiveSeries }) {
    super(points(new PointsWriter(), series), options)
  }
}
