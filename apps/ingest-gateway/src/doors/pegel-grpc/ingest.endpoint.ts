import type { BehindDoors } from '../door.ts'
import type { GrpcAnswer, GrpcEndpoint, GrpcMessage } from '../grpc/grpc-calls.ts'
import { submitOtlp } from '../submit-otlp.ts'
import { PEGEL_GRPC_MEANINGS } from './errors.ts'
import { exportResponse } from './messages.ts'

/**
 * The points of an ExportRequest or a StreamRequest. Both have them in the field of OTLP's own request, so OTLP's decoder takes
 * them as they are; the sequence is a field that it does not know.
 */
export class IngestEndpoint implements GrpcEndpoint {
  readonly door = 'pegel_grpc'
  readonly meanings = PEGEL_GRPC_MEANINGS
  readonly #behind: Pick<BehindDoors, 'ingest' | 'labels'>

  constructor(behind: Pick<BehindDoors, 'ingest' | 'labels'>) {
    this.#behind = behind
  }

  async take(message: GrpcMessage): Promise<GrpcAnswer> {
    const answer = await submitOtlp(this.#behind, message, 'pegel_grpc')
    return { body: exportResponse(answer), code: answer.accepted === answer.received ? 'ok' : 'partial' }
  }
}
