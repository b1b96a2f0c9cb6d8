import type { Producer } from '@pegel/kafka'
import { createAuditWriter, createLedgerWriter, TENANT_TOPIC } from '@pegel/pipeline'
import type { ComponentContext } from '@pegel/service'
import { AlertBook, AlertIntake } from './alerts/index.ts'
import type { GatewayConfig } from './config.ts'
import { ActiveSeries } from './ingest/active-series.ts'
import { Batcher, POINTS } from './ingest/batcher.ts'
import { GatewayMetrics } from './ingest/gateway-metrics.ts'
import { Ingest } from './ingest/ingest.ts'
import { LiveGateways } from './ingest/live-gateways.ts'
import { Unconfirmed } from './ingest/unconfirmed.ts'
import { watchSeries } from './ingest/watch-series.ts'
import { LOGS, LogIngest, LogMetrics, SecurityEvents } from './logs/index.ts'

const INGEST_TOPIC = 'pegel.ingest.v1'
const EVENTS_TOPIC = 'pegel.events.v1'
/** Whose members are the live gateways. */
const GROUP = 'ingest-gateway'
/** For what nobody waits for, when the time to stop is over. */
const LAST_WORDS_MS = 200
/** Of the time to stop: for what could not be confirmed. */
const LEDGER_SHARE = 0.1

/** What takes in points and log events, behind all doors, with all that is counted on the way. */
export interface Intakes {
  readonly ingest: Ingest
  readonly logs: LogIngest
  readonly alerts: AlertIntake
  readonly alertBook: AlertBook
  readonly security: SecurityEvents
  readonly metrics: GatewayMetrics
  start(): Promise<void>
  /** Once no request is in flight: sends what is left. */
  drain(deadlineMs: number): Promise<void>
  /** What is sent from now on has so long at most; and this gateway is none of those that share the rates any more. */
  stopping(deadlineMs: number): Promise<void>
}

export function createIntakes(context: ComponentContext<GatewayConfig>, producer: Producer): Intakes {
  const { config, log, kafka, tenants, tracing } = context
  let endMs = Infinity
  const deadlineMs = (): number =>
    Math.max(LAST_WORDS_MS, Math.min(config.PEGEL_PRODUCE_DEADLINE_MS, endMs - performance.now()))
  const timing = { lingerMs: config.PEGEL_LINGER_MS, deadlineMs, tracing }
  const batcher = new Batcher({ kind: POINTS, producer, topic: INGEST_TOPIC, ...timing })
  const events = new Batcher({ kind: LOGS, producer, topic: EVENTS_TOPIC, ...timing })
  const { instance } = context
  const ledger = createLedgerWriter({ producer, stage: 'gateway', sink: '', instance, log, sendDeadlineMs: deadlineMs })
  const unconfirmed = new Unconfirmed({ ledger, now: Date.now })
  const metrics = new GatewayMetrics(context.metrics, (tenant, points) => unconfirmed.add(tenant, points))
  const logMetrics = new LogMetrics(context.metrics)
  const { PEGEL_ACTIVE_SERIES_WINDOW: windowMs, PEGEL_MAX_TRACKED_SERIES: maxTracked } = config
  const series = new ActiveSeries({ windowMs, maxTracked })
  const onCount = (count: number): void => metrics.liveGateways(count)
  const gateways = new LiveGateways({ kafka, log, group: GROUP, topic: TENANT_TOPIC, onCount })
  const shared = { log, gateways: () => gateways.count }
  const ingest = new Ingest({ ...shared, batcher, series, metrics })
  const logs = new LogIngest({ ...shared, batcher: events, metrics: logMetrics })
  const security = new SecurityEvents({ batcher: events, metrics: logMetrics, log, now: Date.now })
  const audit = createAuditWriter({ kafka, service: GROUP, log, deadlineMs: config.PEGEL_PRODUCE_DEADLINE_MS })
  const alerts = new AlertIntake({ ...shared, audit, producer, metrics: context.metrics, deadlineMs })
  const reading = { partitionCount: config.PEGEL_PARTITIONS, timeoutMs: config.PEGEL_PRODUCE_DEADLINE_MS }
  const alertBook = new AlertBook({ kafka, ...reading })
  let stopWatching = (): void => undefined
  return {
    ...{ ingest, logs, alerts, alertBook, security, metrics },
    async start() {
      await gateways.start()
      stopWatching = watchSeries({ series, tenants, metrics })
    },
    async drain(stopWithinMs) {
      stopWatching()
      await Promise.all([security.drain(), ingest.drain(), logs.drain()])
      await Promise.all([batcher.drain(), events.drain(), audit.close()])
      await ledger.close(stopWithinMs * LEDGER_SHARE)
    },
    stopping(stopWithinMs) {
      endMs = performance.now() + stopWithinMs
      return gateways.close()
    },
  }
}
