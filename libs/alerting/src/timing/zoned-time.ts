/** Wall-clock time in a zone. */
export interface ZonedTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  /** 0 is Sunday. */
  readonly weekday: number
  readonly minuteOfDay: number
  readonly daysInMonth: number
}

const formats = new Map<string, Intl.DateTimeFormat>()
const MINUTE_MS = 60_000

/** Wall-clock time of an instant as ms, as if it were UTC: differences of it are differences on the wall. */
export function localMsAt(instantMs: number, zone: string): number {
  if (zone === 'UTC') return instantMs
  const minute = Math.floor(instantMs / MINUTE_MS) * MINUTE_MS
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(minute)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute: minutes = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minutes, second) + (instantMs - minute)
}

/** @param zone IANA name */
export function zonedTimeAt(instantMs: number, zone: string): ZonedTime {
  const local = new Date(localMsAt(instantMs, zone))
  const [year, month] = [local.getUTCFullYear(), local.getUTCMonth() + 1]
  return {
    ...{ year, month, day: local.getUTCDate(), weekday: local.getUTCDay() },
    minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes(),
    daysInMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (format === undefined) {
    const digits = '2-digit'
    format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: digits, day: digits },
      ...{ hour: digits, minute: digits, second: digits },
    })
    formats.set(timeZone, format)
  }
  return format
}
