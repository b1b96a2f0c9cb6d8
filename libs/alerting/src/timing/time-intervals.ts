import type { NamedTimeIntervals, NumberRange, TimeInterval } from '@pegel/tenancy'
import { zonedTimeAt } from './zoned-time.ts'
import type { ZonedTime } from './zoned-time.ts'

/** Whether an instant lies in one of the named intervals. A name that is not there holds never. */
export class TimeIntervals {
  readonly #byName: ReadonlyMap<string, readonly TimeInterval[]>

  constructor(named: readonly NamedTimeIntervals[]) {
    this.#byName = new Map(named.map(({ name, intervals }) => [name, intervals]))
  }

  anyAt(names: readonly string[], instantMs: number): boolean {
    return names.some((name) => this.#byName.get(name)?.some((interval) => containsInstant(interval, instantMs)))
  }
}

/** Alertmanager's meaning: every list that is not empty must match. */
export function containsInstant(interval: TimeInterval, instantMs: number): boolean {
  const at = zonedTimeAt(instantMs, interval.location)
  const { times, weekdays, daysOfMonth, months, years } = interval
  return (
    // The end of a time of day is not part of it.
    anyOf(times, ({ from, to }) => at.minuteOfDay >= from && at.minuteOfDay < to) &&
    anyOf(weekdays, (range) => within(range, at.weekday)) &&
    anyOf(daysOfMonth, (range) => isDayOfMonth(range, at)) &&
    anyOf(months, (range) => within(range, at.month)) &&
    anyOf(years, (range) => within(range, at.year))
  )
}

function anyOf(ranges: readonly NumberRange[], test: (range: NumberRange) => boolean): boolean {
  return ranges.length === 0 || ranges.some(test)
}

function within({ from, to }: NumberRange, value: number): boolean {
  return value >= from && value <= to
}

/** Days below 0 count from the end; a range that begins after a short month's end does not hold in it. */
function isDayOfMonth({ from, to }: NumberRange, { day, daysInMonth }: ZonedTime): boolean {
  const fromStart = (value: number): number => (value < 0 ? daysInMonth + value + 1 : value)
  return day >= fromStart(from) && day <= fromStart(to)
}
