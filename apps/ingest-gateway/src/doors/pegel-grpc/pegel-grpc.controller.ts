import type { Metadata, ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js'
import { Controller, Inject } from '@nestjs/common'
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices'
import type { BehindDoors } from '../door.ts'
import { GrpcCalls } from '../grpc/grpc-calls.ts'
import type { GrpcProtocol } from '../grpc/grpc.door.ts'
import type { RawService } from '../grpc/raw-service.ts'
import type { StreamLimits } from './ingest-stream.ts'
import { IngestEndpoint } from './ingest.endpoint.ts'
import { StreamService } from './stream.service.ts'

const INGEST: RawService = {
  name: 'pegel.ingest.v1.Ingest',
  door: 'pegel_grpc',
  methods: { Export: 'unary', Stream: 'bidi' },
}

@Controller()
class PegelGrpcController {
  readonly #calls: GrpcCalls
  readonly #endpoint: IngestEndpoint
  readonly #streams: StreamService

  constructor(
    @Inject(GrpcCalls) calls: GrpcCalls,
    @Inject(IngestEndpoint) endpoint: IngestEndpoint,
    @Inject(StreamService) streams: StreamService,
  ) {
    this.#calls = calls
    this.#endpoint = endpoint
    this.#streams = streams
  }

  @GrpcMethod(INGEST.name, 'Export')
  export(_body: Buffer, _metadata: Metadata, call: ServerUnaryCall<Buffer, Buffer>): Promise<Buffer> {
    return this.#calls.unary(this.#endpoint, call)
  }

  @GrpcStreamCall(INGEST.name, 'Stream')
  stream(call: ServerDuplexStream<Buffer, Buffer>): void {
    this.#streams.serve(this.#calls, call)
  }
}

/** pegel.ingest.v1. */
export function pegelGrpc(behind: BehindDoors, limits: StreamLimits): GrpcProtocol {
  const endpoint = new IngestEndpoint(behind)
  const providers = [
    { provide: IngestEndpoint, useValue: endpoint },
    { provide: StreamService, useValue: new StreamService({ ...behind, endpoint, limits }) },
  ]
  return { services: [INGEST], controllers: [PegelGrpcController], providers }
}
