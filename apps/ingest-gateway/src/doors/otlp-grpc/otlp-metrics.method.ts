import { decodeOtlpProtobuf } from '../../otlp/index.ts'
import type { BehindDoors } from '../door.ts'
import type { UnaryAnswer, UnaryMethod, UnaryRequest } from '../grpc/grpc-calls.ts'
import { OTLP_MEANINGS, successAnswer } from '../otlp-http/answers.ts'

/** MetricsService/Export of OTLP/gRPC (OTLP 1.8): the same bytes as OTLP/HTTP in protobuf, in and out. */
export class OtlpMetricsMethod implements UnaryMethod {
  readonly door: string
  readonly meanings = OTLP_MEANINGS
  readonly #behind: Pick<BehindDoors, 'ingest' | 'labels'>

  constructor(door: string, behind: Pick<BehindDoors, 'ingest' | 'labels'>) {
    this.door = door
    this.#behind = behind
  }

  async take({ tenant, receivedAtMs, body }: UnaryRequest): Promise<UnaryAnswer> {
    const { ingest, labels } = this.#behind
    const answer = await ingest.submit({
      tenant,
      protocol: this.door,
      receivedAtMs,
      decode: (points) => decodeOtlpProtobuf(body, points, labels.of(tenant)),
    })
    labels.trim()
    return successAnswer(answer, 'protobuf')
  }
}
