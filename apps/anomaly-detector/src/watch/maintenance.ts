import { compileRegex } from '@pegel/tenancy'
import type { MaintenanceWindow } from '@pegel/tenancy'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** 1 January 1970 was a Thursday. */
const FIRST_DAY = 4

/** Whether a metric is in one of its tenant's maintenance windows at a time. */
export type InMaintenance = (metric: string, timeMs: number) => boolean

export function compileMaintenance(windows: readonly MaintenanceWindow[]): InMaintenance {
  const compiled = windows.map((window) => ({ window, metric: compileRegex(window.metric) }))
  return (metric, timeMs) => compiled.some((each) => covers(each.window, timeMs) && each.metric.test(metric))
}

function covers(window: MaintenanceWindow, timeMs: number): boolean {
  if ('fromMs' in window) return timeMs >= window.fromMs && timeMs < window.toMs
  const today = Math.floor(timeMs / DAY_MS)
  // The window of yesterday may reach over midnight.
  return [today, today - 1].some((day) => {
    const startMs = day * DAY_MS + window.startMinute * MINUTE_MS
    const weekday = (((day + FIRST_DAY) % 7) + 7) % 7
    return window.days.includes(weekday) && timeMs >= startMs && timeMs < startMs + window.lengthMs
  })
}
