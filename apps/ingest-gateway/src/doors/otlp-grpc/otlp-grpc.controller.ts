import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js'
import { Controller, Inject } from '@nestjs/common'
import { GrpcMethod } from '@nestjs/microservices'
import type { BehindDoors } from '../door.ts'
import { GrpcCalls } from '../grpc/grpc-calls.ts'
import type { GrpcProtocol } from '../grpc/grpc.door.ts'
import type { RawService } from '../grpc/raw-service.ts'
import { OtlpLogsGrpcEndpoint } from './otlp-logs.endpoint.ts'
import { OtlpMetricsGrpcEndpoint } from './otlp-metrics.endpoint.ts'

const METRICS: RawService = {
  name: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  door: 'otlp_grpc',
  methods: { Export: 'unary' },
}
const LOGS: RawService = {
  name: 'opentelemetry.proto.collector.logs.v1.LogsService',
  door: 'otlp_grpc_logs',
  methods: { Export: 'unary' },
}

@Controller()
class OtlpGrpcController {
  readonly #calls: GrpcCalls
  readonly #metrics: OtlpMetricsGrpcEndpoint
  readonly #logs: OtlpLogsGrpcEndpoint

  constructor(
    @Inject(GrpcCalls) calls: GrpcCalls,
    @Inject(OtlpMetricsGrpcEndpoint) metrics: OtlpMetricsGrpcEndpoint,
    @Inject(OtlpLogsGrpcEndpoint) logs: OtlpLogsGrpcEndpoint,
  ) {
    this.#calls = calls
    this.#metrics = metrics
    this.#logs = logs
  }

  @GrpcMethod(METRICS.name, 'Export')
  metrics(_body: Buffer, _metadata: Metadata, call: ServerUnaryCall<Buffer, Buffer>): Promise<Buffer> {
    return this.#calls.unary(this.#metrics, call)
  }

  @GrpcMethod(LOGS.name, 'Export')
  logs(_body: Buffer, _metadata: Metadata, call: ServerUnaryCall<Buffer, Buffer>): Promise<Buffer> {
    return this.#calls.unary(this.#logs, call)
  }
}

/** OTLP over gRPC. */
export function otlpGrpc(behind: BehindDoors): GrpcProtocol {
  const providers = [
    { provide: OtlpMetricsGrpcEndpoint, useValue: new OtlpMetricsGrpcEndpoint(behind) },
    { provide: OtlpLogsGrpcEndpoint, useValue: new OtlpLogsGrpcEndpoint(behind) },
  ]
  return { services: [METRICS, LOGS], controllers: [OtlpGrpcController], providers }
}
