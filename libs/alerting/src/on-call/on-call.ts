import type { StoredOverride } from '@pegel/contracts'
import type { ScheduleConfig, ScheduleLayer } from '@pegel/tenancy'
import type { TimeIntervals } from '../timing/time-intervals.ts'
import { localMsAt } from '../timing/zoned-time.ts'

/**
 * Who is on call at an instant: an override, the newest first; else the last layer that has somebody. Undefined: nobody.
 * Shifts are counted on the wall clock of the schedule's zone, so that a handover at nine stays at nine when clocks change.
 */
export function onCallAt(
  schedule: ScheduleConfig,
  nowMs: number,
  { overrides, intervals }: { readonly overrides: readonly StoredOverride[]; readonly intervals: TimeIntervals },
): string | undefined {
  const override = overrides.findLast(
    (each) => each.schedule === schedule.name && nowMs >= each.fromMs && nowMs < each.untilMs,
  )
  if (override !== undefined) return override.person
  const localMs = localMsAt(nowMs, schedule.timeZone)
  for (const layer of schedule.layers.toReversed()) {
    if (layer.during.length > 0 && !intervals.anyAt(layer.during, nowMs)) continue
    const person = inLayer(layer, localMs)
    if (person !== undefined) return person
  }
  return undefined
}

function inLayer({ people, startLocalMs, shiftMs }: ScheduleLayer, localMs: number): string | undefined {
  const shift = Math.floor((localMs - startLocalMs) / shiftMs)
  return shift < 0 ? undefined : people[shift % people.length]
}
