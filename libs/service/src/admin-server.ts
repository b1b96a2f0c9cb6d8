import 'reflect-metadata'
import { Controller, Get, Inject, Module, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { Logger, Metrics } from '@pegel/telemetry'
import type { FastifyReply } from 'fastify'
import type { AddressInfo } from 'node:net'
import { Health } from './health.ts'
import type { Readiness } from './health.ts'
import { nestOptions } from './nest-logger.ts'
import { shared } from './shared.ts'
import { boundShort, SHORT_REQUESTS, shortRequests } from './short-requests.ts'
import type { RequestLimits } from './short-requests.ts'

const EXPOSED = Symbol('pegel.exposed-metrics')
type Exposed = Pick<Metrics, 'expose' | 'contentType'>

/** /healthz says that the process lives, /readyz that it can work, /metrics what it counts. */
@Controller()
class AdminController {
  readonly #metrics: Exposed | null
  readonly #ready: () => Promise<Readiness>
  readonly #exposed: () => Promise<string>

  constructor(@Inject(Health) health: Pick<Health, 'ask'>, @Inject(EXPOSED) metrics: Exposed | null) {
    this.#metrics = metrics
    this.#ready = shared(() => health.ask())
    this.#exposed = shared(() => metrics?.expose() ?? Promise.resolve(''))
  }

  @Get('healthz')
  alive(): { readonly status: 'alive' } {
    return { status: 'alive' }
  }

  @Get('readyz')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const readiness = await this.#ready()
    await reply.code(readiness.status === 'ready' ? 200 : 503).send(readiness)
  }

  @Get('metrics')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    if (this.#metrics === null) await reply.code(404).send({ error: 'metrics are off: MONITORING_ENABLED' })
    else await reply.type(this.#metrics.contentType).send(await this.#exposed())
  }
}

@Module({})
class AdminModule {}

export interface AdminServerOptions {
  readonly health: Pick<Health, 'ask'>
  /** Null: /metrics is off. */
  readonly metrics: Exposed | null
  readonly log: Logger
  readonly host: string
  readonly port: number
  readonly limits?: RequestLimits
}

export interface AdminServer {
  readonly port: number
  close(): Promise<void>
}

/** Listens as soon as the process runs, so that a service that waits for Kafka is alive but not ready. */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const { limits = SHORT_REQUESTS } = options
  const providers = [
    { provide: Health, useValue: options.health },
    { provide: EXPOSED, useValue: options.metrics },
  ]
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: AdminModule, controllers: [AdminController], providers },
    adapterFor(limits),
    Object.assign(nestOptions(options.log), { bodyParser: false }),
  )
  await app.listen(options.port, options.host)
  const server = app.getHttpServer()
  boundShort(server, limits)
  const { port } = server.address() as AddressInfo
  return { port, close: () => app.close() }
}

/** Nobody has a body to send: none is read. */
function adapterFor(limits: RequestLimits): FastifyAdapter {
  const { requestTimeoutMs: requestTimeout } = limits
  const adapter = new FastifyAdapter({ forceCloseConnections: true, requestTimeout, http: shortRequests(limits) })
  adapter.getInstance().removeAllContentTypeParsers()
  adapter.getInstance().addContentTypeParser('*', (_request, _payload, done) => done(null))
  return adapter
}
