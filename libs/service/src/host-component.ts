import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { NestFactory } from '@nestjs/core'
import { Module } from '@nestjs/common'
import type { DynamicModule, NestApplicationOptions } from '@nestjs/common'
import type { MicroserviceOptions } from '@nestjs/microservices'
import { tracesUrl } from '@pegel/config'
import type { BaseConfig } from '@pegel/config'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { createMemoryDirectory } from '@pegel/tenancy'
import { createMetrics, openTracing } from '@pegel/telemetry'
import type { Logger, Metrics, Tracing } from '@pegel/telemetry'
import type { z } from 'zod'
import { startAdminServer } from './admin-server.ts'
import type { AdminServer, AdminServerOptions } from './admin-server.ts'
import type { Component, ComponentContext, Hosted } from './component.ts'
import { connect } from './connect.ts'
import type { Connected } from './connect.ts'
import { Health } from './health.ts'
import type { Check } from './health.ts'
import { HostedTransport } from './hosted-transport.ts'
import { nestOptions } from './nest-logger.ts'
import { CONFIG, CONTEXT, HOSTED, INSTANCE, KAFKA, LOG, METRICS, SCHEMAS, TENANTS } from './tokens.ts'

@Module({})
class ComponentRoot {}

export interface HostOptions<S extends z.ZodObject> {
  readonly component: Component<S>
  readonly config: z.infer<S> & BaseConfig
  readonly log: Logger
  /** Ends a start that still waits. */
  readonly signal: AbortSignal
  /** Of the processes that are this service, from 1. */
  readonly worker?: number
  /** Where probes and Prometheus ask; startAdminServer unless given. */
  readonly openAdmin?: (options: AdminPoint) => Promise<AdminServer>
}

/** All that is known of this process to whom it concerns. */
export interface AdminPoint extends AdminServerOptions {
  readonly metrics: Metrics | null
}

export interface RunningComponent {
  readonly adminPort: number
  /** Stops accepting, drains within PEGEL_SHUTDOWN_DEADLINE_MS, closes everything. Once; further calls share the first. */
  stop(): Promise<void>
}

/** Starts a component in this process; signals and exit codes are runService's. */
export async function hostComponent<S extends z.ZodObject>(options: HostOptions<S>): Promise<RunningComponent> {
  const { component, log, signal, worker = 1, openAdmin = startAdminServer } = options
  const config: BaseConfig = options.config
  const instance = `${component.name}-${randomBytes(4).toString('hex')}`
  const metrics = createMetrics({ service: component.name })
  const health = new Health()
  const closers: (() => Promise<void>)[] = []
  const closeAll = async (): Promise<void> => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
  }
  try {
    const admin = await openAdmin({
      health,
      metrics: config.MONITORING_ENABLED ? metrics : null,
      log,
      host: config.PEGEL_ADMIN_HOST,
      port: config.PEGEL_ADMIN_PORT,
    })
    closers.push(() => admin.close())
    log.info('starting', { instance, adminPort: admin.port })
    const tracing = await startTracing({ service: component.name, config, instance, log, metrics })
    closers.push(() => tracing.close())
    const kafka = openKafka({ config, instance, log, metrics })
    closers.push(() => kafka.close())
    const connected = usesKafka(component) ? await connect({ config, kafka, log, metrics, health, signal }) : offline()
    closers.push(() => connected.close())
    health.waitFor(`start ${component.name}`)
    const { tenants, schemas } = connected
    const context = { config: options.config, log, metrics, kafka, tenants, schemas, tracing, instance, worker }
    const hosted = await startHosted(component, context, closers)
    health.running({ ...(usesKafka(component) ? kafkaChecks(kafka, connected) : {}), ...hosted.checks })
    log.info('listening', { ...hosted.listening?.(), adminPort: admin.port, instance })
    let stopping: Promise<void> | undefined
    const stop = (): Promise<void> => {
      health.stopping()
      return (stopping ??= closeAll())
    }
    return { adminPort: admin.port, stop }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** The closer is there before the start, so that a component that half started is stopped too. */
async function startHosted<S extends z.ZodObject>(
  component: Component<S>,
  context: ComponentContext<z.infer<S>>,
  closers: (() => Promise<void>)[],
): Promise<Hosted> {
  const strategy = new HostedTransport((context.config as BaseConfig).PEGEL_SHUTDOWN_DEADLINE_MS)
  const options: Readonly<NestApplicationOptions & { strategy: HostedTransport }> = {
    ...nestOptions(context.log),
    strategy,
  }
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(rootModule(component, context), options)
  closers.push(() => app.close())
  const hosted = app.get<Hosted>(HOSTED, { strict: false })
  strategy.host(hosted)
  await app.listen()
  return hosted
}

function rootModule<S extends z.ZodObject>(
  component: Component<S>,
  context: ComponentContext<z.infer<S>>,
): DynamicModule {
  const values: readonly (readonly [symbol, unknown])[] = [
    [CONTEXT, context],
    [CONFIG, context.config],
    [LOG, context.log],
    [METRICS, context.metrics],
    [KAFKA, context.kafka],
    [TENANTS, context.tenants],
    [SCHEMAS, context.schemas],
    [INSTANCE, context.instance],
  ]
  return {
    module: ComponentRoot,
    global: true,
    imports: [component.module],
    providers: values.map(([provide, useValue]) => ({ provide, useValue })),
    exports: values.map(([provide]) => provide),
  }
}

interface ProcessParts {
  readonly config: BaseConfig
  readonly instance: string
  readonly log: Logger
  readonly metrics: Metrics
}

function startTracing({ service, config, ...parts }: ProcessParts & { readonly service: string }): Promise<Tracing> {
  const { PEGEL_TRACES_SAMPLE_RATIO: sampleRatio, PEGEL_TRACES_MAX_SPANS: maxSpans } = config
  return openTracing({ url: tracesUrl(config), service, sampleRatio, maxSpans, ...parts })
}

function openKafka(options: ProcessParts): KafkaPort {
  const { config, instance, log, metrics } = options
  const { PEGEL_KAFKA_BROKERS: brokers, PEGEL_KAFKA_PREFIX: prefix } = config
  const { PEGEL_KAFKA_SESSION_TIMEOUT_MS: sessionTimeoutMs } = config
  return createKafka({ brokers, clientId: instance, prefix, sessionTimeoutMs, log, metrics })
}

function usesKafka(component: Component<z.ZodObject>): boolean {
  return component.topics.in.length + component.topics.out.length > 0
}

/** For a component that has nothing to do with Kafka: no tenants, no schemas. */
function offline(): Connected {
  const schemas = { byFingerprint: (): undefined => undefined }
  return { tenants: createMemoryDirectory(), schemas, close: () => Promise.resolve() }
}

function kafkaChecks(kafka: KafkaPort, { tenants }: Connected): Readonly<Record<string, Check>> {
  return {
    kafka: (signal) => kafka.check(signal),
    tenants: () =>
      tenants.ready ? Promise.resolve() : Promise.reject(new Error('the tenants topic is not read to its end')),
  }
}
