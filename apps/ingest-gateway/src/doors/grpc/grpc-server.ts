import type { Http2Server } from 'node:http2'
import { Server } from '@grpc/grpc-js'
import type { ServerCredentials, ServerInterceptor, ServerOptions } from '@grpc/grpc-js'
import { ServerGrpc } from '@nestjs/microservices'
import { http2ServersOf } from './grpc-internals.ts'
import { JoinMessages } from './join-messages.ts'
import { packageOf, rawDefinition } from './raw-service.ts'
import type { RawService } from './raw-service.ts'

export interface GrpcServerOptions {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly credentials: ServerCredentials
  readonly services: readonly RawService[]
  readonly interceptor: ServerInterceptor
  /** Bytes that a message may have, packed and unpacked. Asked for every call: tenants' limits change while the server runs. */
  readonly maxReceiveBytes: () => number
  /** Told of each server that listens: net.Server's own limits are set there. */
  readonly onListening: (server: Http2Server) => void
  /** Adds services that need no handlers of Nest. */
  readonly extend: (server: Server) => void
}

/** A peer that does not answer a ping for this long is gone. */
const KEEPALIVE = { 'grpc.keepalive_time_ms': 60_000, 'grpc.keepalive_timeout_ms': 20_000 }
/** A connection without a call for so long is closed; clients make another one. */
const MAX_IDLE_MS = 600_000
/** Calls of one connection at a time; clients queue what is more. */
const MAX_CONCURRENT_CALLS = 256
/** After the calls in flight are answered: until the last bytes are on the wire. Clients that only watch are cut off then. */
const CLOSE_MS = 1000

/**
 * What a client may send before it has to wait for word that more is welcome. By default 64 KiB, a third of 1,000 points: every message then waits
 * for the turns of two event loops. A stream's window holds a usual message; what a call may hold in all is bounded by its message.
 */
const STREAM_WINDOW_BYTES = 256 * 1024
/** Node.js opens it again as bytes come, read or not: it bounds nothing, and a small one means many small frames. */
const CONNECTION_WINDOW_BYTES = 4 * STREAM_WINDOW_BYTES

/**
 * Nest's gRPC transport with three differences: services are there before the port is, the port is known, and interceptors of
 * grpc-js stand in front of the handlers.
 */
export class GrpcServer extends ServerGrpc {
  readonly #own: GrpcServerOptions
  #server: Server | undefined
  #port = 0

  constructor(options: GrpcServerOptions) {
    const definitions = options.services.map((service) => [service.name, rawDefinition(service)])
    super({
      package: [...new Set(options.services.map(packageOf))],
      packageDefinition: Object.fromEntries(definitions) as unknown,
    })
    this.#own = options
  }

  get port(): number {
    return this.#port
  }

  override createClient(): Promise<Server> {
    const { maxReceiveBytes, interceptor } = this.#own
    const join = new JoinMessages()
    const options: ServerOptions = {
      ...KEEPALIVE,
      'grpc.max_connection_idle_ms': MAX_IDLE_MS,
      'grpc.max_concurrent_streams': MAX_CONCURRENT_CALLS,
      // grpc-js reads its options at every call.
      get 'grpc.max_receive_message_length'() {
        return maxReceiveBytes()
      },
      interceptors: [
        (method, call) => {
          join.of(call)
          return interceptor(method, call)
        },
      ],
    }
    this.#server = new Server(options)
    return Promise.resolve(this.#server)
  }

  override async start(callback?: () => void): Promise<void> {
    await this.bindEvents()
    const server = this.#server
    if (server === undefined) throw new TypeError('start() before createClient()')
    this.#own.extend(server)
    this.#port = await this.#bind(server)
    for (const listening of http2ServersOf(server)) {
      widenWindows(listening)
      this.#own.onListening(listening)
    }
    callback?.()
  }

  override async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_MS)
      server.tryShutdown(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    server.forceShutdown()
  }

  #bind(server: Server): Promise<number> {
    const { host, port, credentials } = this.#own
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    return new Promise((resolve, reject) => {
      server.bindAsync(address, credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)))
    })
  }
}

function widenWindows(server: Http2Server): void {
  server.updateSettings({ initialWindowSize: STREAM_WINDOW_BYTES })
  server.on('session', (session) => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES))
}
