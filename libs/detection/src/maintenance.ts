/** A time in which deviations are expected: they are learned from but not told. */
export interface MaintenanceWindow {
  readonly fromMs: number
  /** The first millisecond after it. */
  readonly untilMs: number
}

export function isInMaintenance(windows: readonly MaintenanceWindow[], timestampMs: number): boolean {
  return windows.some(({ fromMs, untilMs }) => timestampMs >= fromMs && timestampMs < untilMs)
}
