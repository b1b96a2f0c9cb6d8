/** A float field. The format has no NaN and no infinities: callers keep those out. Negative zero keeps its sign. */
export function floatText(value: number): string {
  return value === 0 && 1 / value < 0 ? '-0' : String(value)
}

/** Digits without an exponent (1e-7 is 0.0000001), as Telegraf names the fields of buckets and quantiles. */
export function plainDecimal(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e')
  if (exponent === undefined) return mantissa
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** Nanoseconds since the epoch: whole milliseconds and 0..999999 ns within the millisecond. */
export function nanoText(timeMs: number, timeNs: number): string {
  if (timeMs > 0) return `${timeMs}${String(timeNs).padStart(6, '0')}`
  return (BigInt(timeMs) * 1_000_000n + BigInt(timeNs)).toString()
}
