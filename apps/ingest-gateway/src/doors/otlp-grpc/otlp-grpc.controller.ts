import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js'
import { Controller, Inject } from '@nestjs/common'
import { GrpcMethod } from '@nestjs/microservices'
import type { BehindDoors } from '../door.ts'
import { GrpcCalls } from '../grpc/grpc-calls.ts'
import type { GrpcProtocol } from '../grpc/grpc.door.ts'
import type { RawService } from '../grpc/raw-service.ts'
import { OtlpMetricsMethod } from './otlp-metrics.method.ts'

const DOOR = 'otlp_grpc'
const METRICS: RawService = {
  name: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  door: DOOR,
  methods: { Export: 'unary' },
}

@Controller()
class OtlpGrpcController {
  readonly #calls: GrpcCalls
  readonly #metrics: OtlpMetricsMethod

  constructor(@Inject(GrpcCalls) calls: GrpcCalls, @Inject(OtlpMetricsMethod) metrics: OtlpMetricsMethod) {
    this.#calls = calls
    this.#metrics = metrics
  }

  @GrpcMethod(METRICS.name, 'Export')
  metrics(_body: Buffer, _metadata: Metadata, call: ServerUnaryCall<Buffer, Buffer>): Promise<Buffer> {
    return this.#calls.unary(this.#metrics, call)
  }
}

/** OTLP over gRPC. */
export function otlpGrpc(behind: BehindDoors): GrpcProtocol {
  const providers = [{ provide: OtlpMetricsMethod, useValue: new OtlpMetricsMethod(DOOR, behind) }]
  return { services: [METRICS], controllers: [OtlpGrpcController], providers }
}
