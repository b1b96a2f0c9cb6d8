import type { Instant } from '../../ingest/point-sink.ts'

const MS_DIGITS = 3
const NS_DIGITS = 9

/** ms since the epoch, or ISO 8601 with a zone and up to nanoseconds, which zod has checked. */
export function instantOf(timestamp: number | string | undefined): Instant {
  if (timestamp === undefined) return { ms: 0, ns: 0 }
  if (typeof timestamp === 'number') return { ms: timestamp, ns: 0 }
  const [, digits = ''] = /\.(\d+)/.exec(timestamp) ?? []
  return {
    ms: Date.parse(timestamp),
    ns: Number(digits.slice(MS_DIGITS, NS_DIGITS).padEnd(NS_DIGITS - MS_DIGITS, '0')),
  }
}
