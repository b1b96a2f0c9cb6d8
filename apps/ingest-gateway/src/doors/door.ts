import type { Logger, Tracing } from '@pegel/telemetry'
import type { TenantDirectory } from '@pegel/tenancy'
import type { AlertBook, AlertDoor } from '../alerts/index.ts'
import type { ByteBudget } from '../ingest/byte-budget.ts'
import type { GatewayMetrics } from '../ingest/gateway-metrics.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { LogIngest, SecurityEvents } from '../logs/index.ts'
import type { LabelCaches } from '../otlp/index.ts'

/** What stands behind every door. */
export interface BehindDoors {
  readonly ingest: Pick<Ingest, 'submit' | 'turnAway'>
  readonly logs: Pick<LogIngest, 'submit' | 'turnAway'>
  readonly alerts: AlertDoor
  /** What the alert-router knows. */
  readonly alertBook: Pick<AlertBook, 'of'>
  /** To be told of every refusal; it picks those that are about credentials. */
  readonly security: Pick<SecurityEvents, 'refused'>
  readonly tenants: Pick<TenantDirectory, 'authenticate' | 'current'>
  /** Bytes of requests in memory. */
  readonly budget: ByteBudget
  readonly labels: LabelCaches
  readonly metrics: GatewayMetrics
  readonly log: Logger
  readonly tracing: Tracing
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
}

/** A transport that clients reach the gateway by: one listening socket, or one connection to a broker. */
export interface Door {
  start(): Promise<void>
  /** What the `listening` line of the log says of it, for example `{ port: 4318 }`. Asked after start(). */
  listening(): Readonly<Record<string, unknown>>
  /** Turns new requests away and resolves when those in flight are answered, or at the deadline. */
  drain(deadlineMs: number): Promise<void>
  close(): Promise<void>
  /** Named checks behind /readyz, if it needs any. */
  readonly checks?: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>
}
