/** What the anomaly-detector watches for a tenant, and what it does about it: the section `detection` of the tenant's file. */
export interface DetectionConfig {
  readonly enabled: boolean
  /** Whether the built-in selectors apply to what the tenant's own do not name. */
  readonly builtIn: boolean
  /** Series watched at most; beyond it the one that was silent longest gives way. */
  readonly maxSeries: number
  /** Anomalies that begin within this time of the first one belong to one group. */
  readonly groupWindowMs: number
  /** For every selector that does not say otherwise; undefined: nothing goes to `alerts`. */
  readonly alert: AlertChoice | undefined
  /** The first that matches a series decides. */
  readonly watch: readonly WatchRule[]
  readonly maintenance: readonly MaintenanceWindow[]
}

export type DetectionKind = 'anomaly' | 'drift' | 'forecast'
export type AlertSeverity = 'critical' | 'warning' | 'info' | 'security'
/** What of a series is watched; which of them a series has depends on its kind. */
export type DerivedName = 'value' | 'rate' | 'mean' | 'p50' | 'p90' | 'p95' | 'p99' | 'distribution'

export interface AlertChoice {
  readonly severity: AlertSeverity
  readonly on: readonly DetectionKind[]
  /** What routes match as alertname; undefined: a name by kind. */
  readonly name: string | undefined
}

export interface WatchRule {
  readonly id: string
  /** RE2, anchored, over the metric's name as its source wrote it. */
  readonly metric: string
  /** RE2 by label, anchored; point attributes go before resource attributes, an absent one reads as empty. */
  readonly match: Readonly<Record<string, string>>
  /** Not watched at all, whatever comes after. */
  readonly ignore: boolean
  /** Undefined: what suits the kind of the metric. */
  readonly values: readonly DerivedName[] | undefined
  readonly direction: 'up' | 'down' | 'both'
  /** In the unit of the series. */
  readonly minDeviation: number
  /** A fraction of what was expected. */
  readonly minDeviationRelative: number
  readonly sensitivity: number
  readonly season: boolean
  readonly drift: boolean
  readonly forecast: ForecastRule | undefined
  /** `null`: never, though the tenant has a default. */
  readonly alert: AlertChoice | null | undefined
}

export interface ForecastRule {
  readonly threshold: number
  /** True: crossing it from below is the trouble. */
  readonly rising: boolean
  /** How far ahead it is worth saying. */
  readonly withinMs: number
}

/** Anomalies that begin in it are written, marked, and raise no alert. */
export type MaintenanceWindow =
  | { readonly metric: string; readonly fromMs: number; readonly toMs: number }
  /** Days 0 (Sunday) to 6; minutes since midnight, UTC. May pass midnight. */
  | {
      readonly metric: string
      readonly days: readonly number[]
      readonly startMinute: number
      readonly lengthMs: number
    }
