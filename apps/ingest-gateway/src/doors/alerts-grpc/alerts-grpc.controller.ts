import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js'
import { Controller, Inject } from '@nestjs/common'
import { GrpcMethod } from '@nestjs/microservices'
import type { BehindDoors } from '../door.ts'
import { GrpcCalls } from '../grpc/grpc-calls.ts'
import type { GrpcProtocol } from '../grpc/grpc.door.ts'
import type { RawService } from '../grpc/raw-service.ts'
import { TriggerEndpoint } from './trigger.endpoint.ts'

const ALERTS: RawService = { name: 'pegel.alerts.v1.Alerts', door: 'alerts_grpc', methods: { Trigger: 'unary' } }

@Controller()
class AlertsGrpcController {
  readonly #calls: GrpcCalls
  readonly #endpoint: TriggerEndpoint

  constructor(@Inject(GrpcCalls) calls: GrpcCalls, @Inject(TriggerEndpoint) endpoint: TriggerEndpoint) {
    this.#calls = calls
    this.#endpoint = endpoint
  }

  @GrpcMethod(ALERTS.name, 'Trigger')
  trigger(_body: Buffer, _metadata: Metadata, call: ServerUnaryCall<Buffer, Buffer>): Promise<Buffer> {
    return this.#calls.unary(this.#endpoint, call)
  }
}

/** pegel.alerts.v1. */
export function alertsGrpc({ alerts }: Pick<BehindDoors, 'alerts'>): GrpcProtocol {
  const providers = [{ provide: TriggerEndpoint, useValue: new TriggerEndpoint(alerts) }]
  return { services: [ALERTS], controllers: [AlertsGrpcController], providers }
}
