import type { AnomalyForecast } from '@pegel/contracts'
import type { Watch } from '../watch/tenant-watches.ts'
import { anomalyId } from './anomaly-id.ts'
import type { Finding, Kind } from './finding.ts'
import type { DerivedValue, KeptAnomaly, SeriesState } from './series-state.ts'

/** What every point of a record is looked at with. */
export interface Sight {
  readonly watch: Watch
  /** Of the series, the derived values that are watched. */
  readonly names: readonly string[]
  /** Of the source record. */
  readonly offset: number
  readonly inMaintenance: (metric: string, timeMs: number) => boolean
  /** Where findings go. */
  readonly findings: Finding[]
}

export interface Opening {
  readonly kind: Kind
  readonly score: number
  readonly timeMs: number
  readonly value: number
  readonly expected: number
  readonly lower: number
  readonly upper: number
  readonly reason: string
  readonly forecast?: AnomalyForecast
}

const ALERT_NAMES: Readonly<Record<Kind, string>> = {
  anomaly: 'AnomalyDetected',
  drift: 'DriftDetected',
  forecast: 'ThresholdAhead',
}

/** One event at its beginning; what is open already stays as it is. */
export function openAnomaly(state: SeriesState, derived: DerivedValue, opening: Opening, sight: Sight): void {
  const { kind, timeMs, score, value, reason } = opening
  const { tenant, fingerprint, metric } = state.identity
  const { alert, rule } = sight.watch
  const maintenance = sight.inMaintenance(metric, timeMs)
  const wanted = alert?.on.includes(kind) === true && !maintenance
  const anomaly: KeptAnomaly = {
    kind,
    id: anomalyId({ tenant, fingerprint, derived: derived.name, kind, openedAtMs: timeMs }),
    ...{ open: true, offset: sight.offset, openedAtMs: timeMs, score },
    ...{ value: orNull(value), expected: orNull(opening.expected) },
    ...{ lower: orNull(opening.lower), upper: orNull(opening.upper) },
    ...{ reason, points: derived.points, calm: 0, maintenance, watch: rule.id },
    alerted: wanted ? alert.severity : '',
    alertName: wanted ? (alert.name ?? ALERT_NAMES[kind]) : '',
    ...{ groupId: '', groupStartMs: timeMs, leaderId: '', leaderSeries: '' },
    forecast: opening.forecast ?? null,
  }
  derived.anomalies = [...derived.anomalies.filter((each) => each.kind !== kind), anomaly]
  sight.findings.push({ status: 'opened', state, derived, anomaly, value, atMs: timeMs, resolution: '' })
}

/** What is open of a kind. */
export function openOf(derived: DerivedValue, kind: Kind): KeptAnomaly | undefined {
  return derived.anomalies.find((anomaly) => anomaly.kind === kind && anomaly.open)
}

/** Avro has NaN, JSON has not: nobody should meet one in an event. */
export function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
