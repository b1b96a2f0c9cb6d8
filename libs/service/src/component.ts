import type { KafkaPort } from '@pegel/kafka'
import type { Logger, Metrics } from '@pegel/telemetry'
import type { TenantDirectory } from '@pegel/tenancy'
import type { z } from 'zod'

/** What a process is, as data: hosts run it, docs are generated from it. */
export interface ComponentManifest<S extends z.ZodObject> {
  /** Folder, image, consumer group and `service` label. */
  readonly name: string
  readonly description: string
  readonly topics: { readonly in: readonly string[]; readonly out: readonly string[] }
  /** Keys are environment variables; every key has .describe(). Merged with the settings that all services share. */
  readonly config: S
  /** Prometheus names and help of what it counts, besides what the libraries count. */
  readonly metrics: readonly {
    readonly name: string
    readonly type: 'counter' | 'gauge' | 'histogram'
    readonly help: string
  }[]
}

/** What the host gives a component. */
export interface ComponentContext<C> {
  readonly config: C
  readonly log: Logger
  readonly metrics: Metrics
  readonly kafka: KafkaPort
  /** Read to its end before start() is called. */
  readonly tenants: TenantDirectory
  /** Names this process in the ledger and in logs: <name>-<random>. */
  readonly instance: string
}

/** A running component. start() resolves when it works; stop() drains: what was accepted is finished or given back, within the deadline. */
export interface Hosted {
  start(): Promise<void>
  stop(deadlineMs: number): Promise<void>
  /** Named checks behind /readyz. Liveness never depends on them. */
  readonly checks: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>
}
