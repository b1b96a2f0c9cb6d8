import type { BaseConfig } from '@pegel/config'
import type { SchemaLookup } from '@pegel/contracts'
import type { KafkaPort } from '@pegel/kafka'
import type { Logger, Metrics, Tracing } from '@pegel/telemetry'
import type { TenantDirectory } from '@pegel/tenancy'
import type { z } from 'zod'

/** What a process is, as data: hosts run it, docs are generated from it. */
export interface ComponentManifest<S extends z.ZodObject> {
  /** Folder, image, consumer group and `service` label. */
  readonly name: string
  readonly description: string
  /** Both empty: the component has nothing to do with Kafka, and its start does not wait for it. */
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

/** A manifest and the Nest module (a class) that provides HOSTED: all that runService needs. */
export interface Component<S extends z.ZodObject> extends ComponentManifest<S> {
  /** How far memory may grow before V8 looks for garbage; setHeapGrowth() knows how far unless given. Less for who keeps much for long. */
  readonly heapGrowthPercent?: number
  readonly module: new () => object
}

/** What the host gives a component. */
export interface ComponentContext<C> {
  /** The component's own settings and those that all services share. */
  readonly config: C & BaseConfig
  readonly log: Logger
  readonly metrics: Metrics
  readonly kafka: KafkaPort
  /** Read to its end before start() is called. */
  readonly tenants: TenantDirectory
  /** Avro schemas of other writers; read to their end before start() is called. */
  readonly schemas: SchemaLookup
  /** Spans of this process; off unless the configuration says where they go. */
  readonly tracing: Tracing
  /** Names this process in the ledger and in logs: <name>-<random>. */
  readonly instance: string
  /** From 1, among the processes that share this service's ports; what can be there once only belongs to the first. */
  readonly worker: number
}

/** A running component. start() resolves when it works; stop() drains: what was accepted is finished or given back, within the deadline. */
export interface Hosted {
  start(): Promise<void>
  stop(deadlineMs: number): Promise<void>
  /** Named checks behind /readyz. Liveness never depends on them. */
  readonly checks: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>
  /** What the `listening` line says besides the admin port, for example `{ port: 4318 }`. Asked after start(). */
  listening?(): Readonly<Record<string, unknown>>
}
