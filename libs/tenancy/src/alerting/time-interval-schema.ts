import { z } from 'zod'
import type { NumberRange, TimeInterval } from './alerting-config.ts'

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
]
const MINUTES_OF_DAY = 1440

/** `a:b` or `a`, each end read by `read`; numbers in YAML are taken too. */
function range(read: (text: string) => number | undefined, hint: string, ordered = true) {
  return z.union([z.string(), z.number()]).transform((value, context): NumberRange => {
    const [first = '', last = first, more] = String(value).toLowerCase().split(':')
    const [from, to] = [read(first.trim()), read(last.trim())]
    if (from !== undefined && to !== undefined && more === undefined && (!ordered || from <= to)) return { from, to }
    context.addIssue({ code: 'custom', message: hint })
    return z.NEVER
  })
}

function numberWithin(min: number, max: number): (text: string) => number | undefined {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? value : undefined
  }
}

const weekday = range((text) => {
  const day = WEEKDAYS.indexOf(text)
  return day === -1 ? undefined : day
}, 'Write a day such as saturday, or days from the earlier to the later such as monday:friday (a week begins on sunday).')
const month = range((text) => {
  const index = MONTHS.indexOf(text)
  return index === -1 ? numberWithin(1, 12)(text) : index + 1
}, 'Write a month such as may or 5, or months from the earlier to the later such as january:march.')
const year = range(numberWithin(1970, 9999), 'Write a year such as 2026, or years such as 2026:2028.')
const dayOfMonth = range(
  (text) => {
    const day = numberWithin(-31, 31)(text)
    return day === 0 ? undefined : day
  },
  'Write days of the month such as 1:5, or from the end such as -3:-1.',
  false,
).refine(
  ({ from, to }) => (from < 0 === to < 0 ? from <= to : from > 0 || to < 0),
  'The first day must not come after the last one in every month.',
)

const timeOfDay = z.string().transform((text, context) => {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? []
  const value = Number(hours) * 60 + Number(minutes)
  if (value <= MINUTES_OF_DAY && Number(minutes) < 60) return value
  context.addIssue({ code: 'custom', message: 'Write a time of day such as 08:30; 24:00 is the end of the day.' })
  return z.NEVER
})

const times = z
  .strictObject({ start_time: timeOfDay, end_time: timeOfDay })
  .refine(({ start_time: start, end_time: end }) => start < end, {
    path: ['end_time'],
    message: 'It must end after it began; for a night write two entries, until 24:00 and from 00:00.',
  })

/** An IANA time zone that this machine knows. */
export const timeZone = z.string().refine(isTimeZone, 'Write an IANA time zone such as Europe/Berlin or UTC.')

function isTimeZone(text: string): boolean {
  try {
    return text !== '' && new Intl.DateTimeFormat('en', { timeZone: text }).format(0) !== ''
  } catch {
    return false
  }
}

export const timeIntervalSchema = z.strictObject({
  times: z.array(times).default([]),
  weekdays: z.array(weekday).default([]),
  days_of_month: z.array(dayOfMonth).default([]),
  months: z.array(month).default([]),
  years: z.array(year).default([]),
  location: timeZone.default('UTC'),
})

export function toTimeInterval(raw: z.output<typeof timeIntervalSchema>): TimeInterval {
  const { weekdays, days_of_month: daysOfMonth, months, years, location } = raw
  const ranges = raw.times.map(({ start_time: from, end_time: to }) => ({ from, to }))
  return { times: ranges, weekdays, daysOfMonth, months, years, location }
}
