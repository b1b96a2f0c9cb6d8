import type { ComponentContext, Hosted } from '@pegel/service'
import type { GatewayConfig } from './config.ts'
import { createIntakes } from './create-intakes.ts'
import { createGrpcDoor } from './doors/create-grpc-door.ts'
import type { BehindDoors, Door } from './doors/door.ts'
import { HttpDoor } from './doors/http/http.door.ts'
import { httpRoutes } from './doors/http-routes.ts'
import { StatsdDoor } from './doors/statsd/statsd.door.ts'
import { createMqttDoors } from './doors/mqtt/create-mqtt-doors.ts'
import { readTls } from './doors/tls.ts'
import { ByteBudget } from './ingest/byte-budget.ts'
import { LineCaches } from './line-protocol/index.ts'
import { LabelCaches } from './otlp/index.ts'
import { WriteCaches } from './remote-write/index.ts'

/** Wires the gateway: doors in front, the intakes behind, one producer for all. */
export function createGateway(context: ComponentContext<GatewayConfig>): Hosted {
  const { config, log, kafka, tenants, tracing } = context
  const producer = kafka.producer({ compression: 'zstd', maxBytesInFlight: config.PEGEL_MAX_PRODUCE_BYTES_IN_FLIGHT })
  const intakes = createIntakes(context, producer)
  const { ingest, logs, alerts, alertBook, security, metrics } = intakes
  const behind: BehindDoors = {
    ...{ ingest, logs, alerts, alertBook, security, metrics },
    tenants,
    labels: new LabelCaches(config.PEGEL_SERIES_CACHE, config.PEGEL_OTLP_TEMPLATE_BYTES),
    budget: new ByteBudget(config.PEGEL_MAX_BODY_BYTES_IN_FLIGHT),
    log,
    tracing,
    now: Date.now,
  }
  const doors = createDoors(context, behind)
  return {
    checks: Object.assign({}, ...doors.map((door) => door.checks)) as Hosted['checks'],
    async start() {
      await intakes.start()
      for (const door of doors) await door.start()
    },
    listening: () => Object.assign({}, ...doors.map((door) => door.listening())) as Record<string, unknown>,
    async stop(deadlineMs) {
      await Promise.all([intakes.stopping(deadlineMs), ...doors.map((door) => door.drain(deadlineMs))])
      await intakes.drain(deadlineMs)
      await producer.close()
      await Promise.all(doors.map((door) => door.close()))
    },
  }
}

/** Every transport that this worker has; a new protocol over HTTP is a line of httpRoutes. */
function createDoors(context: ComponentContext<GatewayConfig>, behind: BehindDoors): readonly Door[] {
  const { config } = context
  const tls = readTls(config)
  const lines = new LineCaches(config.PEGEL_SERIES_CACHE)
  const writes = new WriteCaches(config.PEGEL_SERIES_CACHE)
  const routes = httpRoutes({ behind, lines, writes, linkSecret: config.PEGEL_LINK_SECRET })
  const limits = {
    headersTimeoutMs: config.PEGEL_HTTP_HEADERS_TIMEOUT,
    requestTimeoutMs: config.PEGEL_HTTP_REQUEST_TIMEOUT,
    maxHeaderBytes: config.PEGEL_HTTP_MAX_HEADER_BYTES,
    maxConnections: config.PEGEL_MAX_CONNECTIONS,
  }
  const http = { host: config.PEGEL_HTTP_HOST, port: config.PEGEL_HTTP_PORT, tls, routes, limits }
  const statsd = {
    prometheus: context.metrics,
    listeners: config.PEGEL_STATSD_LISTENERS,
    flushIntervalMs: config.PEGEL_STATSD_FLUSH_INTERVAL,
    maxSeries: config.PEGEL_STATSD_MAX_SERIES,
  }
  return [
    new HttpDoor({ ...behind, ...http }),
    createGrpcDoor(context, behind, tls),
    // StatsD adds up over an interval, and a broker knows a client by its name: neither can be there twice.
    ...(context.worker === 1
      ? [new StatsdDoor({ ...behind, ...statsd }), ...createMqttDoors(context, behind, lines)]
      : []),
  ]
}
