import { decodeOtlpLogsProtobuf, describeLogRefusals } from '../../logs/index.ts'
import type { BehindDoors } from '../door.ts'
import type { GrpcAnswer, GrpcEndpoint, GrpcMessage } from '../grpc/grpc-calls.ts'
import { OTLP_MEANINGS } from '../otlp-http/answers.ts'
import { exportResponse } from './answers.ts'

/** LogsService/Export of OTLP/gRPC (OTLP 1.8). */
export class OtlpLogsGrpcEndpoint implements GrpcEndpoint {
  readonly door = 'otlp_grpc_logs'
  readonly meanings = OTLP_MEANINGS
  readonly #behind: Pick<BehindDoors, 'logs'>

  constructor(behind: Pick<BehindDoors, 'logs'>) {
    this.#behind = behind
  }

  async take({ tenant, receivedAtMs, body }: GrpcMessage): Promise<GrpcAnswer> {
    const answer = await this.#behind.logs.submit({
      tenant,
      protocol: 'otlp_grpc',
      receivedAtMs,
      bytes: body.length,
      decode: (sink) => decodeOtlpLogsProtobuf(body, sink),
    })
    return exportResponse(answer, describeLogRefusals)
  }
}
