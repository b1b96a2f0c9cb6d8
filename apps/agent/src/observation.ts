/** What a host metric is, in OpenTelemetry's terms. `int` values are counts and bytes; the others are seconds and fractions. */
export interface HostMetric {
  readonly name: string
  readonly kind: 'counter' | 'up_down_counter' | 'gauge'
  readonly unit: string
  readonly int: boolean
  readonly description: string
}

export type Attributes = Readonly<Record<string, string | number>>

export interface Observation {
  readonly metric: HostMetric
  readonly value: number
  readonly attributes: Attributes
  /** When a counter began, ms since the epoch; 0 where nobody knows, and the machine's start unless given. */
  readonly startMs?: number
}

/** One subject (CPU, memory, …): a closed list of metrics and one reading of them all. */
export interface Collector {
  readonly name: string
  readonly metrics: readonly HostMetric[]
  /** What this machine has now; rejects when the kernel's file cannot be read. */
  collect(): Promise<readonly Observation[]>
}
