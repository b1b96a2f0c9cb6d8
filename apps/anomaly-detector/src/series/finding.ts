import type { DetectionKind } from '@pegel/tenancy'
import type { DerivedValue, KeptAnomaly, SeriesState } from './series-state.ts'

export type Resolution =
  'back_in_range' | 'new_normal' | 'receded' | 'crossed' | 'stale' | 'silent' | 'evicted' | 'unwatched'

/** Something that begins or ends. Its group is known once the whole record was looked at. */
export interface Finding {
  readonly status: 'opened' | 'resolved'
  readonly state: SeriesState
  readonly derived: DerivedValue
  readonly anomaly: KeptAnomaly
  /** At this time; NaN where there is none. */
  readonly value: number
  readonly atMs: number
  readonly resolution: Resolution | ''
}

export type Kind = DetectionKind

/** Ends what is open; the kept anomaly stays, closed, so that its group is still known. */
export function resolve(
  finding: Pick<Finding, 'state' | 'derived' | 'anomaly' | 'value' | 'atMs'> & { readonly resolution: Resolution },
): Finding {
  finding.anomaly.open = false
  return { ...finding, status: 'resolved' }
}
