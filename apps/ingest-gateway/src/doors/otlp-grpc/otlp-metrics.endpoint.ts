import { describeRefusals } from '../../ingest/refusals.ts'
import type { BehindDoors } from '../door.ts'
import type { GrpcAnswer, GrpcEndpoint, GrpcMessage } from '../grpc/grpc-calls.ts'
import { OTLP_MEANINGS } from '../otlp-http/answers.ts'
import { submitOtlp } from '../submit-otlp.ts'
import { exportResponse } from './answers.ts'

/** MetricsService/Export of OTLP/gRPC (OTLP 1.8). */
export class OtlpMetricsGrpcEndpoint implements GrpcEndpoint {
  readonly door = 'otlp_grpc'
  readonly meanings = OTLP_MEANINGS
  readonly #behind: Pick<BehindDoors, 'ingest' | 'labels'>

  constructor(behind: Pick<BehindDoors, 'ingest' | 'labels'>) {
    this.#behind = behind
  }

  async take(message: GrpcMessage): Promise<GrpcAnswer> {
    return exportResponse(await submitOtlp(this.#behind, message, 'otlp_grpc'), describeRefusals)
  }
}
