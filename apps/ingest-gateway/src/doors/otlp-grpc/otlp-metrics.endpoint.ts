import { describeRefusals } from '../../ingest/refusals.ts'
import { decodeOtlpProtobuf } from '../../otlp/index.ts'
import type { BehindDoors } from '../door.ts'
import type { GrpcAnswer, GrpcEndpoint, GrpcMessage } from '../grpc/grpc-calls.ts'
import { OTLP_MEANINGS } from '../otlp-http/answers.ts'
import { exportResponse } from './answers.ts'

/** MetricsService/Export of OTLP/gRPC (OTLP 1.8). */
export class OtlpMetricsGrpcEndpoint implements GrpcEndpoint {
  readonly door = 'otlp_grpc'
  readonly meanings = OTLP_MEANINGS
  readonly #behind: Pick<BehindDoors, 'ingest' | 'labels'>

  constructor(behind: Pick<BehindDoors, 'ingest' | 'labels'>) {
    this.#behind = behind
  }

  async take({ tenant, receivedAtMs, body }: GrpcMessage): Promise<GrpcAnswer> {
    const { ingest, labels } = this.#behind
    const answer = await ingest.submit({
      tenant,
      protocol: 'otlp_grpc',
      receivedAtMs,
      decode: (points) => decodeOtlpProtobuf(body, points, labels.of(tenant)),
    })
    labels.trim()
    return exportResponse(answer, describeRefusals)
  }
}
