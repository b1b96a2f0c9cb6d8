import 'reflect-metadata'
import { ServerCredentials } from '@grpc/grpc-js'
import { Module } from '@nestjs/common'
import type { INestMicroservice, NestApplicationOptions, Provider, Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { MicroserviceOptions } from '@nestjs/microservices'
import { nestOptions } from '@pegel/service'
import type { BehindDoors, Door } from '../door.ts'
import { boundConnections } from '../bound-connections.ts'
import type { TlsFiles } from '../tls.ts'
import { GrpcCalls } from './grpc-calls.ts'
import { GrpcHealth } from './grpc-health.ts'
import { GrpcServer } from './grpc-server.ts'
import type { RawService } from './raw-service.ts'
import { addReflection } from './reflection.ts'

@Module({})
class GrpcModule {}

/** A protocol over gRPC: its services, Nest controllers for their methods, and what these need. */
export interface GrpcProtocol {
  readonly services: readonly RawService[]
  readonly controllers: readonly Type[]
  readonly providers: readonly Provider[]
}

export interface GrpcDoorOptions extends BehindDoors {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly maxConnections: number
  /** Without: plain HTTP/2. */
  readonly tls: TlsFiles | undefined
  /** The greatest limits.max_request_bytes of all tenants, as it is now. */
  readonly maxRequestBytes: () => number
  /** Resolves when the gateway can do its work: what the health service tells. */
  readonly ready: (signal: AbortSignal) => Promise<void>
  readonly protocols: readonly GrpcProtocol[]
}

/** Smaller messages are refused by the tenant's own limit, with words that name it; larger ones by grpc-js, unread. */
const MIN_RECEIVE_BYTES = 4 * 1024 * 1024

/** All protocols over gRPC on one port. */
export class GrpcDoor implements Door {
  readonly #options: GrpcDoorOptions
  readonly #calls: GrpcCalls
  readonly #server: GrpcServer
  readonly #health: GrpcHealth
  #app: INestMicroservice | undefined

  constructor(options: GrpcDoorOptions) {
    const { host, port, tls, maxRequestBytes, ready, log, protocols } = options
    const services = protocols.flatMap((protocol) => protocol.services)
    this.#options = options
    this.#calls = new GrpcCalls(options)
    this.#health = new GrpcHealth({ services: services.map(({ name }) => name), ready, log })
    this.#server = new GrpcServer({
      host,
      port,
      services,
      credentials: credentialsOf(tls),
      interceptor: this.#calls.interceptor(services),
      onListening: (server) =>
        boundConnections(server, { metrics: options.metrics, door: 'grpc', max: options.maxConnections }),
      maxReceiveBytes: () => Math.max(MIN_RECEIVE_BYTES, maxRequestBytes()),
      extend: (server) => {
        this.#health.addTo(server)
        addReflection(server)
      },
    })
  }

  listening(): Readonly<Record<string, unknown>> {
    return { grpcPort: this.#server.port }
  }

  async start(): Promise<void> {
    const { protocols, log } = this.#options
    const providers = protocols.flatMap((protocol) => protocol.providers)
    const module = {
      module: GrpcModule,
      controllers: protocols.flatMap((protocol) => protocol.controllers),
      providers: [{ provide: GrpcCalls, useValue: this.#calls }, ...providers],
    }
    const settings: Readonly<NestApplicationOptions & { strategy: GrpcServer }> = {
      ...nestOptions(log),
      strategy: this.#server,
    }
    this.#app = await NestFactory.createMicroservice<MicroserviceOptions>(module, settings)
    await this.#health.start()
    await this.#app.listen()
  }

  drain(deadlineMs: number): Promise<void> {
    this.#health.stop()
    return this.#calls.drain(deadlineMs)
  }

  async close(): Promise<void> {
    this.#health.stop()
    await this.#app?.close()
  }
}

function credentialsOf(tls: TlsFiles | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure()
  const { cert, key, clientCa } = tls
  return ServerCredentials.createSsl(clientCa ?? null, [{ cert_chain: cert, private_key: key }], clientCa !== undefined)
}
