import { PointsWriter } from '@pegel/contracts'
import type { PointsChunk } from '@pegel/contracts'
import { gatewayErrors } from '../errors.ts'
import { Intake } from './intake.ts'
import type { IntakeKind, IntakeOptions, IntakeRequest } from './intake.ts'
import { RequestPoints } from './request-points.ts'

export type { IngestAnswer } from './intake.ts'
export type IngestRequest = IntakeRequest<RequestPoints>

/** The writer is used again for each request: decoding is synchronous, and a request takes its chunks with it. */
function points(writer: PointsWriter): IntakeKind<RequestPoints, PointsChunk> {
  return {
    what: 'points',
    collect: (limits, receivedAtMs) => new RequestPoints({ limits, receivedAtMs, writer }),
    rateOf: (limits) => limits,
    rateLimited: ({ tenant, retryAfterS, pointsPerSecond }) =>
      gatewayErrors.rate_limited({ tenant, pointsPerSecond, retryAfterS }),
  }
}

/** Takes in metric points. Beyond the rate: gatewayErrors.rate_limited. */
export class Ingest extends Intake<RequestPoints, PointsChunk> {
  constructor(options: IntakeOptions<PointsChunk>) {
    super(points(new PointsWriter()), options)
  }
}
