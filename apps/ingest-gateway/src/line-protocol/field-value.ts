import { DOT, isDigit, MINUS, PLUS, ZERO } from './bytes.ts'

const E_UPPER = 0x45
const E_LOWER = 0x65
const INTEGER = 0x69 // i
const UNSIGNED = 0x75 // u
const MAX_INT64 = 9_223_372_036_854_775_807n
const MIN_INT64 = -9_223_372_036_854_775_808n
const MAX_UINT64 = 18_446_744_073_709_551_615n

/** 10^0 to 10^22: those that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
/** Decimal digits that always fit into a double's 53 bits. */
const EXACT_DIGITS = 15

const TRUE = new Set(['t', 'T', 'true', 'True', 'TRUE'])
const FALSE = new Set(['f', 'F', 'false', 'False', 'FALSE'])

/**
 * The number that an unquoted field value stands for: a float, an integer (`1i`, `1u`), or a boolean as 1 or 0. NaN when it is
 * none of them, or beyond the range that InfluxDB takes. Hot: numbers of up to 15 digits, which is most, make no text. A whole
 * number below 2^53 divided by an exact power of ten is rounded once, so the result is the nearest double.
 */
export function fieldValue(bytes: Buffer, from: number, to: number): number {
  let at = from
  const negative = bytes[at] === MINUS
  if (negative || bytes[at] === PLUS) at += 1
  let value = 0
  let digits = 0
  let decimals = -1
  for (; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (isDigit(byte)) {
      value = value * 10 + (byte - ZERO)
      digits += 1
      if (decimals >= 0) decimals += 1
    } else if (byte === DOT && decimals < 0) decimals = 0
    else break
  }
  const isWhole = at === to - 1 && decimals < 0 && (bytes[at] === INTEGER || bytes[at] === UNSIGNED)
  if (digits === 0 || digits > EXACT_DIGITS || (at < to && !isWhole)) return slowValue(bytes, from, to)
  if (isWhole && bytes[at] === UNSIGNED && negative) return NaN
  const size = decimals > 0 ? value / (POWERS[decimals] ?? NaN) : value
  return negative ? -size : size
}

function slowValue(bytes: Buffer, from: number, to: number): number {
  const last = bytes[to - 1]
  if (last === INTEGER || last === UNSIGNED)
    return wholeValue(bytes.toString('latin1', from, to - 1), last === UNSIGNED)
  if (isFloat(bytes, from, to)) {
    const value = Number(bytes.toString('latin1', from, to))
    return Number.isFinite(value) ? value : NaN
  }
  if (to - from > 5) return NaN
  const text = bytes.toString('latin1', from, to)
  if (TRUE.has(text)) return 1
  return FALSE.has(text) ? 0 : NaN
}

function wholeValue(text: string, unsigned: boolean): number {
  if (text.length > 40 || !/^[+-]?\d+$/.test(text)) return NaN
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  const [least, most] = unsigned ? [0n, MAX_UINT64] : [MIN_INT64, MAX_INT64]
  return value < least || value > most ? NaN : Number(value)
}

/** Sign, digits with or without a point, exponent; as InfluxDB's scanner has it, so neither NaN nor Inf. */
function isFloat(bytes: Buffer, from: number, to: number): boolean {
  let at = from
  if (bytes[at] === MINUS || bytes[at] === PLUS) at += 1
  const whole = digitsFrom(bytes, at, to)
  at += whole
  let digits = whole
  if (at < to && bytes[at] === DOT) {
    at += 1
    const fraction = digitsFrom(bytes, at, to)
    at += fraction
    digits += fraction
  }
  if (digits === 0) return false
  if (at === to) return true
  if (bytes[at] !== E_LOWER && bytes[at] !== E_UPPER) return false
  at += 1
  if (bytes[at] === MINUS || bytes[at] === PLUS) at += 1
  const exponent = digitsFrom(bytes, at, to)
  return exponent > 0 && at + exponent === to
}

function digitsFrom(bytes: Buffer, from: number, to: number): number {
  let at = from
  while (at < to && isDigit(bytes[at] ?? 0)) at += 1
  return at - from
}
