const UNITS: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
]

/** `26 h`: in the largest unit of which there are two, or in seconds. */
export function durationText(ms: number): string {
  const [unit, name] = UNITS.find(([size]) => ms >= 2 * size) ?? [1000, 's']
  return `${Math.round(ms / unit)} ${name}`
}

/** Four digits tell people enough. */
export function numberText(value: number): string {
  return Number(value.toPrecision(4)).toString()
}
