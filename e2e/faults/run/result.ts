import type { Verdict } from '../oracle/judge.ts'

/** One scenario's outcome; points unless said otherwise. */
export interface ScenarioResult {
  readonly name: string
  readonly seed: number
  /** Empty: it passed. */
  readonly failures: readonly string[]
  readonly acknowledged: number
  /** Of those, over remote write, by tenants whose points go to Prometheus. */
  readonly remoteWritten: number
  /** By backend. */
  readonly verdicts: readonly Verdict[]
  readonly alreadyPresent: number
  /** Settled and not stored, by the books' own word: of a deleted tenant, or refused for good. */
  readonly booked: number
  readonly lost: number
  readonly crossed: number
  readonly unissued: number
  readonly doubled: number
  /** Points that the books do not account for. */
  readonly imbalance: number
  /** From mending until a fresh point was in every backend, ms. */
  readonly recoveryMs: number
  /** Of a fresh point afterwards, ms. */
  readonly freshMs: number
  readonly tookMs: number
  readonly notes: readonly string[]
}

export const NOTHING = {
  ...{
    acknowledged: 0,
    remoteWritten: 0,
    verdicts: [],
    alreadyPresent: 0,
    booked: 0,
    lost: 0,
    crossed: 0,
    unissued: 0,
    doubled: 0,
  },
  ...{ imbalance: 0, recoveryMs: NaN, freshMs: NaN, tookMs: 0, notes: [], failures: [] },
} satisfies Partial<ScenarioResult>
