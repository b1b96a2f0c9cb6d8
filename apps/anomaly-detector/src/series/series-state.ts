import { releaseDetector } from '@pegel/detection'
import type { Detector, DistributionDrift, DriftDetector, Forecaster } from '@pegel/detection'
import type { OpenAnomaly } from '@pegel/contracts'
import type { WatchedIdentity } from '../watch/identity.ts'

/** An anomaly of a derived value; at most one a kind is kept, open or the last that was. */
export type KeptAnomaly = { -readonly [K in keyof OpenAnomaly]: OpenAnomaly[K] }

/** One derived value of a series. What was learned stays bytes until it is needed. */
export interface DerivedValue {
  readonly name: string
  points: number
  saved: {
    readonly detector: Uint8Array | null
    readonly drift: Uint8Array | null
    readonly forecast: Uint8Array | null
  }
  /** Of the selector's options that the three were made with; another selector's options make them anew from their bytes. */
  optionsOf: unknown
  detector: Detector | undefined
  drift: DriftDetector | undefined
  /** In the place of `drift` where the value is a histogram's distribution. */
  distribution: DistributionDrift | undefined
  forecast: Forecaster | undefined
  /** Looks ahead in a row that speak against what is said of the threshold. */
  against: number
  anomalies: KeptAnomaly[]
}

/** All that is kept of one series, in memory. */
export interface SeriesState {
  readonly identity: Pick<
    WatchedIdentity,
    'tenant' | 'metric' | 'unit' | 'fingerprint' | 'digest' | 'labels' | 'resource'
  >
  /** Of the source topic, and so of the state's. */
  readonly partition: number
  /** The last source record whose points it holds. */
  offset: number
  lastTimeMs: number
  lastTimeNs: number
  lastAppendMs: number
  startTimeMs: number
  intervalMs: number
  /** Bounds of a histogram's buckets, in the same order as in `previous` and `pending`; undefined for numbers. */
  bounds: readonly number[] | undefined
  /** The last cumulative point: the number; or count, sum and buckets. Empty when there is none. */
  previous: number[]
  pendingSinceMs: number
  /** Observations that wait until there are enough for a quantile: count, sum and buckets. */
  pending: number[]
  values: DerivedValue[]
  /** Changed since it was last written to Kafka. */
  dirty: boolean
  /** Evicted or of an assignment that is over: not to be used any more. */
  dead: boolean
  /** Grows with every record of any series: the lowest was not seen for longest. */
  seen: number
}

export function freshState(
  identity: SeriesState['identity'],
  { partition, offset, appendMs }: { readonly partition: number; readonly offset: number; readonly appendMs: number },
): SeriesState {
  return {
    identity,
    partition,
    offset,
    lastTimeMs: 0,
    lastTimeNs: 0,
    lastAppendMs: appendMs,
    startTimeMs: 0,
    intervalMs: 0,
    bounds: undefined,
    previous: [],
    pendingSinceMs: 0,
    pending: [],
    values: [],
    dirty: false,
    dead: false,
    seen: 0,
  }
}

/** The derived value of that name, a new one when there is none. */
export function derivedOf(state: SeriesState, name: string): DerivedValue {
  const known = state.values.find((value) => value.name === name)
  if (known !== undefined) return known
  const made: DerivedValue = {
    name,
    points: 0,
    saved: { detector: null, drift: null, forecast: null },
    optionsOf: undefined,
    detector: undefined,
    drift: undefined,
    distribution: undefined,
    forecast: undefined,
    against: 0,
    anomalies: [],
  }
  state.values.push(made)
  return made
}

export function openAnomalies(state: SeriesState): readonly (readonly [DerivedValue, KeptAnomaly])[] {
  return state.values.flatMap((value) =>
    value.anomalies.filter(({ open }) => open).map((anomaly) => [value, anomaly] as const),
  )
}

/** Gives back what a state that is not used any more holds. */
export function release(state: SeriesState): void {
  state.dead = true
  for (const value of state.values) {
    if (value.detector !== undefined) releaseDetector(value.detector)
  }
  state.values = []
}

/** Back to bytes. */
export function pack(value: DerivedValue): void {
  const { detector, drift, distribution, forecast, saved } = value
  value.saved = {
    detector: detector?.save() ?? saved.detector,
    drift: drift?.save() ?? distribution?.save() ?? saved.drift,
    forecast: forecast?.save() ?? saved.forecast,
  }
  if (detector !== undefined) releaseDetector(detector)
  Object.assign(value, {
    detector: undefined,
    drift: undefined,
    distribution: undefined,
    forecast: undefined,
    optionsOf: undefined,
  })
}
