import { createLedgerWriter, TENANT_TOPIC } from '@pegel/pipeline'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { GatewayConfig } from './config.ts'
import { createGrpcDoor } from './doors/create-grpc-door.ts'
import type { BehindDoors, Door } from './doors/door.ts'
import { HttpDoor } from './doors/http/http.door.ts'
import { httpRoutes } from './doors/http-routes.ts'
import { StatsdDoor } from './doors/statsd/statsd.door.ts'
import { createMqttDoors } from './doors/mqtt/create-mqtt-doors.ts'
import { readTls } from './doors/tls.ts'
import { ActiveSeries } from './ingest/active-series.ts'
import { Batcher, POINTS } from './ingest/batcher.ts'
import { ByteBudget } from './ingest/byte-budget.ts'
import { GatewayMetrics } from './ingest/gateway-metrics.ts'
import { Ingest } from './ingest/ingest.ts'
import { LineCaches } from './line-protocol/index.ts'
import { LOGS, LogIngest, LogMetrics, SecurityEvents } from './logs/index.ts'
import { LabelCaches } from './otlp/index.ts'
import { Unconfirmed } from './ingest/unconfirmed.ts'
import { LiveGateways } from './ingest/live-gateways.ts'
import { watchSeries } from './ingest/watch-series.ts'
import { WriteCaches } from './remote-write/index.ts'

const INGEST_TOPIC = 'pegel.ingest.v1'
const EVENTS_TOPIC = 'pegel.events.v1'
/** Of the time to stop: for what could not be confirmed. */
const LEDGER_SHARE = 0.1
/** Whose members are the live gateways. */
const GROUP = 'ingest-gateway'

/** Wires the gateway: doors in front, one ingest behind, one producer for all. */
export function createGateway(context: ComponentContext<GatewayConfig>): Hosted {
  const { config, log, metrics, kafka, tenants, tracing } = context
  const producer = kafka.producer({ compression: 'zstd', maxBytesInFlight: config.PEGEL_MAX_PRODUCE_BYTES_IN_FLIGHT })
  const timing = { lingerMs: config.PEGEL_LINGER_MS, deadlineMs: config.PEGEL_PRODUCE_DEADLINE_MS, tracing }
  const batcher = new Batcher({ kind: POINTS, producer, topic: INGEST_TOPIC, ...timing })
  const events = new Batcher({ kind: LOGS, producer, topic: EVENTS_TOPIC, ...timing })
  const ledger = createLedgerWriter({ producer, stage: 'gateway', sink: '', instance: context.instance, log })
  const unconfirmed = new Unconfirmed({ ledger, now: Date.now })
  const gatewayMetrics = new GatewayMetrics(metrics, (tenant, points) => unconfirmed.add(tenant, points))
  const gateways = new LiveGateways({
    ...{ kafka, log, group: GROUP, topic: TENANT_TOPIC },
    onCount: (count) => gatewayMetrics.liveGateways(count),
  })
  const series = new ActiveSeries({
    windowMs: config.PEGEL_ACTIVE_SERIES_WINDOW,
    maxTracked: config.PEGEL_MAX_TRACKED_SERIES,
  })
  const shared = { log, gateways: () => gateways.count }
  const ingest = new Ingest({ ...shared, batcher, series, metrics: gatewayMetrics })
  const logMetrics = new LogMetrics(metrics)
  const security = new SecurityEvents({ batcher: events, metrics: logMetrics, log, now: Date.now })
  const logs = new LogIngest({ ...shared, batcher: events, metrics: logMetrics })
  const behind: BehindDoors = {
    ingest,
    logs,
    security,
    tenants,
    labels: new LabelCaches(config.PEGEL_SERIES_CACHE),
    budget: new ByteBudget(config.PEGEL_MAX_BODY_BYTES_IN_FLIGHT),
    metrics: gatewayMetrics,
    log,
    tracing,
    now: Date.now,
  }
  const doors = createDoors(context, behind)
  let stopWatching = (): void => undefined
  return {
    checks: Object.assign({}, ...doors.map((door) => door.checks)) as Hosted['checks'],
    async start() {
      await gateways.start()
      stopWatching = watchSeries({ series, tenants, metrics: gatewayMetrics })
      for (const door of doors) await door.start()
    },
    listening: () => Object.assign({}, ...doors.map((door) => door.listening())) as Record<string, unknown>,
    async stop(deadlineMs) {
      stopWatching()
      await Promise.all([gateways.close(), ...doors.map((door) => door.drain(deadlineMs))])
      await Promise.all([security.drain(), ingest.drain(), logs.drain()])
      await Promise.all([batcher.drain(), events.drain()])
      await ledger.close(deadlineMs * LEDGER_SHARE)
      await producer.close()
      await Promise.all(doors.map((door) => door.close()))
    },
  }
}

/** Every transport; a new protocol over HTTP is a line of httpRoutes. */
function createDoors(context: ComponentContext<GatewayConfig>, behind: BehindDoors): readonly Door[] {
  const { config } = context
  const tls = readTls(config)
  const lines = new LineCaches(config.PEGEL_SERIES_CACHE)
  const writes = new WriteCaches(config.PEGEL_SERIES_CACHE)
  const routes = httpRoutes({ behind, lines, writes })
  const http = { host: config.PEGEL_HTTP_HOST, port: config.PEGEL_HTTP_PORT, tls, routes }
  const statsd = {
    prometheus: context.metrics,
    listeners: config.PEGEL_STATSD_LISTENERS,
    flushIntervalMs: config.PEGEL_STATSD_FLUSH_INTERVAL,
    maxSeries: config.PEGEL_STATSD_MAX_SERIES,
  }
  return [
    new HttpDoor({ ...behind, ...http }),
    createGrpcDoor(context, behind, tls),
    new StatsdDoor({ ...behind, ...statsd }),
    ...createMqttDoors(context, behind, lines),
  ]
}
