import type { TimeTo } from './forecast.ts'
import { HOUR_MS } from './parameters.ts'

export interface ThresholdAlertOptions {
  /** Opens when the threshold is nearer than this; default 26 h, which leaves a working day and is still sure enough. */
  readonly withinMs?: number
  /** Resolves when it is further than this, or out of reach; default 1.5 times `withinMs`. */
  readonly clearMs?: number
  /** Checks in a row that must agree before it opens; default 2. */
  readonly openAfter?: number
  /** The same before it resolves; default 3. */
  readonly clearAfter?: number
}

/** A plain value: keep it with the series' state. */
export interface ThresholdAlert {
  readonly open: boolean
  /** Checks in a row that disagree with `open`. */
  readonly against: number
  /** What the check before this one changed. */
  readonly event: 'opened' | 'resolved' | 'none'
}

export const NO_ALERT: ThresholdAlert = { open: false, against: 0, event: 'none' }

/** The next state of an alert, by what `timeTo` says now: one event when it opens and one when it is over, however often it is checked. Pure. */
export function nextThresholdAlert(
  alert: ThresholdAlert,
  timeTo: TimeTo | undefined,
  options: ThresholdAlertOptions = {},
): ThresholdAlert {
  const { withinMs = 26 * HOUR_MS, openAfter = 2, clearAfter = 3 } = options
  const limitMs = alert.open ? (options.clearMs ?? 1.5 * withinMs) : withinMs
  const isNear = timeTo !== undefined && timeTo.ms <= limitMs
  if (isNear === alert.open) return { open: alert.open, against: 0, event: 'none' }
  const against = alert.against + 1
  if (against < (alert.open ? clearAfter : openAfter)) return { open: alert.open, against, event: 'none' }
  return { open: !alert.open, against: 0, event: alert.open ? 'resolved' : 'opened' }
}
