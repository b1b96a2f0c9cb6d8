import 'reflect-metadata'
import { Controller, Get, Inject, Module, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { Logger, Metrics } from '@pegel/telemetry'
import type { FastifyReply } from 'fastify'
import type { AddressInfo } from 'node:net'
import { Health } from './health.ts'
import { nestOptions } from './nest-logger.ts'

const EXPOSED = Symbol('pegel.exposed-metrics')

/** /healthz says that the process lives, /readyz that it can work, /metrics what it counts. */
@Controller()
class AdminController {
  readonly #health: Health
  readonly #metrics: Metrics | null

  constructor(@Inject(Health) health: Health, @Inject(EXPOSED) metrics: Metrics | null) {
    this.#health = health
    this.#metrics = metrics
  }

  @Get('healthz')
  alive(): { readonly status: 'alive' } {
    return { status: 'alive' }
  }

  @Get('readyz')
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const readiness = await this.#health.ask()
    await reply.code(readiness.status === 'ready' ? 200 : 503).send(readiness)
  }

  @Get('metrics')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    if (this.#metrics === null) await reply.code(404).send({ error: 'metrics are off: MONITORING_ENABLED' })
    else await reply.type(this.#metrics.contentType).send(await this.#metrics.expose())
  }
}

@Module({})
class AdminModule {}

export interface AdminServerOptions {
  readonly health: Health
  /** Null: /metrics is off. */
  readonly metrics: Metrics | null
  readonly log: Logger
  readonly host: string
  readonly port: number
}

export interface AdminServer {
  readonly port: number
  close(): Promise<void>
}

/** Listens as soon as the process runs, so that a service that waits for Kafka is alive but not ready. */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const providers = [
    { provide: Health, useValue: options.health },
    { provide: EXPOSED, useValue: options.metrics },
  ]
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: AdminModule, controllers: [AdminController], providers },
    new FastifyAdapter({ forceCloseConnections: true }),
    nestOptions(options.log),
  )
  await app.listen(options.port, options.host)
  const { port } = app.getHttpServer().address() as AddressInfo
  return { port, close: () => app.close() }
}
