import 'reflect-metadata'
import { Module } from '@nestjs/common'
import type { NestApplicationOptions } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { nestOptions } from '@pegel/service'
import type { AddressInfo } from 'node:net'
import { ErrorFilter } from './error.filter.ts'
import { MetricsController } from './metrics.controller.ts'
import { MetricsHandler } from './metrics-handler.ts'
import type { MetricsHandlerOptions } from './metrics-handler.ts'

@Module({})
class OtlpHttpModule {}

export interface OtlpHttpDoorOptions extends MetricsHandlerOptions {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
}

/** A whole request must be there within this, so that slow senders cannot hold connections for ever. */
const REQUEST_TIMEOUT_MS = 60_000

/** OTLP/HTTP: a Nest application on Fastify that leaves the body of requests to the handler. */
export class OtlpHttpDoor {
  readonly #options: OtlpHttpDoorOptions
  readonly #handler: MetricsHandler
  #app: NestFastifyApplication | undefined

  constructor(options: OtlpHttpDoorOptions) {
    this.#options = options
    this.#handler = new MetricsHandler(options)
  }

  get port(): number {
    const address = this.#app?.getHttpServer().address() as AddressInfo | null | undefined
    return address?.port ?? 0
  }

  async start(): Promise<void> {
    const { host, port, log } = this.#options
    const adapter = new FastifyAdapter({
      requestTimeout: REQUEST_TIMEOUT_MS,
      forceCloseConnections: 'idle',
      exposeHeadRoutes: false,
    })
    adapter.getInstance().removeAllContentTypeParsers()
    // The handler reads the body itself, once it knows whose it is and how much of it that tenant may send.
    adapter.getInstance().addContentTypeParser('*', (_request, _payload, done) => done(null))
    const providers = [{ provide: MetricsHandler, useValue: this.#handler }]
    const module = { module: OtlpHttpModule, controllers: [MetricsController], providers }
    const settings: Readonly<NestApplicationOptions> = { ...nestOptions(log), bodyParser: false }
    const app = await NestFactory.create<NestFastifyApplication>(module, adapter, settings)
    app.useGlobalFilters(new ErrorFilter())
    this.#app = app
    await app.listen(port, host)
  }

  /** Turns new requests away with 503 and waits for those in flight. */
  drain(deadlineMs: number): Promise<void> {
    return this.#handler.drain(deadlineMs)
  }

  async close(): Promise<void> {
    await this.#app?.close()
  }
}
