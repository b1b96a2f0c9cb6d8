import 'reflect-metadata'
import { Module } from '@nestjs/common'
import type { NestApplicationOptions } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { nestOptions } from '@pegel/service'
import type { AddressInfo } from 'node:net'
import type { BehindDoors, Door } from '../door.ts'
import { boundConnections } from '../bound-connections.ts'
import { httpsOptions } from '../tls.ts'
import type { TlsFiles } from '../tls.ts'
import { ErrorFilter } from './error.filter.ts'
import { HttpRequests } from './http-requests.ts'
import { controllerOf } from './http-route.ts'
import type { HttpRoute } from './http-route.ts'

@Module({})
class HttpModule {}

export interface HttpDoorOptions extends BehindDoors {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  /** Without: plain HTTP. */
  readonly tls: TlsFiles | undefined
  readonly routes: readonly HttpRoute[]
  readonly limits: HttpLimits
}

/** So that slow senders, and many of them, cannot hold what others need. */
export interface HttpLimits {
  /** The head of a request must be there within this, also on a connection that says nothing at all. */
  readonly headersTimeoutMs: number
  /** And the whole request within this. */
  readonly requestTimeoutMs: number
  readonly maxHeaderBytes: number
  readonly maxConnections: number
}

/**
 * Connections that wait to be accepted; the kernel may take fewer (net.core.somaxconn). Beyond it clients believe to be connected, and what they send is
 * forgotten and sent again after ever longer pauses: with the 511 of Node.js a burst of new clients waits for up to a minute.
 */
const BACKLOG = 4096
/** How often per timeout Node.js looks for requests that are late: it is at most so much of it too kind. */
const CHECKS_PER_TIMEOUT = 6

/** All protocols over HTTP on one port: a Nest application on Fastify that leaves the body of requests to the endpoints. */
export class HttpDoor implements Door {
  readonly #options: HttpDoorOptions
  readonly #requests: HttpRequests
  #app: NestFastifyApplication | undefined

  constructor(options: HttpDoorOptions) {
    this.#options = options
    this.#requests = new HttpRequests(options)
  }

  listening(): Readonly<Record<string, unknown>> {
    const address = this.#app?.getHttpServer().address() as AddressInfo | null | undefined
    return { port: address?.port ?? 0 }
  }

  async start(): Promise<void> {
    const { host, port, tls, routes, log, limits } = this.#options
    const checking = serverOptions(limits)
    const adapter = new FastifyAdapter({
      requestTimeout: limits.requestTimeoutMs,
      forceCloseConnections: 'idle',
      exposeHeadRoutes: false,
      ...(tls === undefined ? { http: checking } : { https: { ...httpsOptions(tls), ...checking } }),
    })
    adapter.getInstance().removeAllContentTypeParsers()
    // An endpoint reads the body itself, once it knows whose it is and how much of it that tenant may send.
    adapter.getInstance().addContentTypeParser('*', (_request, _payload, done) => done(null))
    const module = {
      module: HttpModule,
      controllers: routes.map(controllerOf),
      providers: [{ provide: HttpRequests, useValue: this.#requests }],
    }
    const settings: Readonly<NestApplicationOptions> = { ...nestOptions(log), bodyParser: false }
    const app = await NestFactory.create<NestFastifyApplication>(module, adapter, settings)
    app.useGlobalFilters(new ErrorFilter())
    this.#app = app
    await app.listen({ port, host, backlog: BACKLOG })
    boundConnections(app.getHttpServer(), { ...this.#options, door: 'http', max: limits.maxConnections })
  }

  drain(deadlineMs: number): Promise<void> {
    return this.#requests.drain(deadlineMs)
  }

  async close(): Promise<void> {
    await this.#app?.close()
  }
}

function serverOptions({ headersTimeoutMs, requestTimeoutMs, maxHeaderBytes }: HttpLimits) {
  const headersTimeout = Math.min(headersTimeoutMs, requestTimeoutMs)
  const connectionsCheckingInterval = Math.ceil(headersTimeout / CHECKS_PER_TIMEOUT)
  return { headersTimeout, connectionsCheckingInterval, maxHeaderSize: maxHeaderBytes }
}
