import type { AlertingConfig } from './alerting/alerting-config.ts'
import type { DetectionConfig } from './detection-config.ts'

/** A tenant's settings: one YAML file, validated, published to `pegel.tenants.v1`, hot-reloaded. */
export type Placement = 'dedicated' | 'shared'
export type SinkName = 'prometheus' | 'elasticsearch' | 'influxdb'

export interface Credential {
  /** Names the key in logs and in the audit; never secret. */
  readonly id: string
  /** SHA-256 of the 256-bit random key, hex. A key that may act for several tenants stands in each of their files. */
  readonly sha256: string
}

export interface DirectKey {
  readonly id: string
  /** Ed25519 public key, base64 of the 32 raw bytes. */
  readonly publicKey: string
}

export type RelabelAction =
  | 'replace'
  | 'keep'
  | 'drop'
  | 'keepequal'
  | 'dropequal'
  | 'labelmap'
  | 'labeldrop'
  | 'labelkeep'
  | 'hashmod'
  | 'lowercase'
  | 'uppercase'

/** A rule in Prometheus' relabel_config syntax; `id` names it in the ledger (default rule_<index>). */
export interface RelabelRule {
  readonly id: string
  readonly action: RelabelAction
  readonly sourceLabels: readonly string[]
  readonly separator: string
  readonly regex: string
  readonly targetLabel: string
  readonly replacement: string
  readonly modulus: number
}

/** All limits are per tenant and enforced before Kafka; the error id of each names its setting. */
export interface TenantLimits {
  readonly pointsPerSecond: number
  readonly burstPoints: number
  /** Of request bodies with metrics, unpacked. */
  readonly bytesPerSecond: number
  readonly burstBytes: number
  /** Series that were seen within the window of PEGEL_ACTIVE_SERIES_WINDOW. */
  readonly maxActiveSeries: number
  readonly newSeriesPerSecond: number
  readonly burstNewSeries: number
  readonly maxRequestBytes: number
  readonly maxPointsPerRequest: number
  readonly maxLabelsPerSeries: number
  readonly maxLabelNameBytes: number
  readonly maxLabelValueBytes: number
  readonly maxPointAgeMs: number
  readonly maxPointFutureMs: number
  /** Alerts, and requests about alerts; a burst may be five seconds' worth. */
  readonly alertsPerSecond: number
  readonly logEventsPerSecond: number
  /** Of request bodies with logs, unpacked. */
  readonly logBytesPerSecond: number
  /** Of one log event with its attributes. */
  readonly maxLogBytes: number
}

export interface TenantConfig {
  readonly tenant: string
  readonly version: number
  readonly credentials: readonly Credential[]
  readonly directKeys: readonly DirectKey[]
  readonly staticLabels: Readonly<Record<string, string>>
  readonly rules: readonly RelabelRule[]
  readonly limits: TenantLimits
  readonly placement: Placement
  readonly sinks: readonly SinkName[]
  readonly detection: DetectionConfig
  readonly alerting: AlertingConfig
}
