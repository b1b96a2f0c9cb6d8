import type { Sink } from '@pegel/pipeline'
import type { SinkName } from '@pegel/tenancy'
import type { GateRequest } from '../http-gate.ts'
import type { SeriesSpec } from '../series-spec.ts'
import type { SinkParts } from '../sink-harness.ts'

/** A series as the backend holds it; names and labels as the contract sent them, others besides are allowed. */
export interface StoredSeries {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Ascending in time. */
  readonly points: readonly { readonly timeMs: number; readonly value: number }[]
}

/** A record of which the backend refuses some points for good. */
export interface RefusedCase {
  /** Written before, and accepted whole. */
  readonly before: readonly SeriesSpec[]
  readonly series: readonly SeriesSpec[]
  /** Indices in `series`' points, in order. */
  readonly refused: readonly number[]
  readonly reason: string
}

export interface SinkContractOptions {
  readonly name: SinkName
  /** The real backend. Called late, so that a missing one fails a test and not the loading of the file. */
  readonly backendUrl: () => string
  readonly create: (parts: SinkParts) => Sink | Promise<Sink>
  readonly backend: {
    /** Everything stored that belongs to this tenant, and nothing else; must see a write as soon as it was acknowledged (refresh if need be). */
    read(tenant: string): Promise<readonly StoredSeries[]>
  }
  /** Whether a request through the gate is a write, as opposed to a check or a preparation. */
  readonly isWrite: (request: GateRequest) => boolean
  readonly refusedCase: (nowMs: number) => RefusedCase
}
