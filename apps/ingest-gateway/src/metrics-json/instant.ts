import type { Instant } from '../ingest/point-sink.ts'

const MILLION = 1_000_000

/** ISO 8601 or ms since the epoch, to the nanosecond as far as the text or the number has it. */
export function instantOf(timestamp: string | number): Instant {
  return typeof timestamp === 'number' ? ofNumber(timestamp) : ofText(timestamp)
}

function ofNumber(timestamp: number): Instant {
  const ms = Math.floor(timestamp)
  const ns = Math.round((timestamp - ms) * MILLION)
  return ns === MILLION ? { ms: ms + 1, ns: 0 } : { ms, ns }
}

/** Date knows ms; the digits behind them are read by hand. */
function ofText(timestamp: string): Instant {
  const [, fraction = ''] = /\.(\d+)/.exec(timestamp) ?? []
  const ms = Date.parse(timestamp.replace(/\.\d+/, `.${fraction.slice(0, 3).padEnd(3, '0')}`))
  return { ms, ns: Number(fraction.slice(3, 9).padEnd(6, '0')) }
}
