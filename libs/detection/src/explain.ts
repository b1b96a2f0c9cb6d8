import type { ReasonKind, Verdict } from './detector.ts'

const TEXTS: Readonly<Record<ReasonKind, (span: string) => string>> = {
  record_high: (span) => `highest value in ${span}`,
  record_low: (span) => `lowest value in ${span}`,
  jump: (span) => `larger swings than in ${span}`,
  unusual_shape: (span) => `a course not seen in ${span}`,
  unusual_level: (span) => `a level not seen in ${span}`,
  flat: (span) => `stands still as never in ${span}`,
  off_season: () => 'unusual for this hour',
}
const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
]

/** One sentence about a verdict; `spanMs` is how long the series is remembered. */
export function explain({ ready, reasons, lower, upper }: Verdict, spanMs: number): string {
  if (!ready) return 'still learning'
  const [first] = reasons
  const what = first === undefined ? 'nothing unusual' : TEXTS[first.kind](durationText(spanMs))
  return `${what}; usual range ${rangeText(lower, upper)}`
}

/** "14 days", rounded down to the largest unit of which there are two. */
export function durationText(ms: number): string {
  const [size, name] = UNITS.find(([unit]) => ms >= 2 * unit) ?? [1000, 'second']
  const count = Math.max(1, Math.floor(ms / size))
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

function rangeText(lower: number, upper: number): string {
  const [low, high] = [numberText(lower, upper - lower), numberText(upper, upper - lower)]
  return low === high ? low : `${low}–${high}`
}

/** As many digits as tell the ends of the range apart to a hundredth. */
function numberText(value: number, range: number): string {
  const step = 10 ** Math.floor(Math.log10(range / 100 || Math.abs(value) / 1000 || 1))
  const rounded = Math.round(value / step) * step
  return Number(rounded.toPrecision(6)).toString()
}
