import { isDigit, MINUS, ZERO } from './bytes.ts'

/** Units of a timestamp. */
export type Precision = 'ns' | 'us' | 'ms' | 's' | 'm' | 'h'

/** How many of the last digits are below a millisecond; for coarser units, how many ms one is. */
const BELOW_MS: Readonly<Record<Precision, number>> = { ns: 6, us: 3, ms: 0, s: 0, m: 0, h: 0 }
const MS_PER_UNIT: Readonly<Record<Precision, number>> = { ns: 1, us: 1, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const NS_PER_UNIT: Readonly<Record<Precision, number>> = { ns: 1, us: 1000, ms: 0, s: 0, m: 0, h: 0 }
/** Of a signed 64-bit integer. */
const MAX_DIGITS = 19
const MILLION = 1_000_000

/** The timestamps of one request, one at a time: nothing is allocated per line. */
export class Timestamp {
  /** Whole ms since the epoch, and the nanoseconds within the ms. */
  ms = 0
  ns = 0
  readonly #belowMs: number
  readonly #msPerUnit: number
  readonly #nsPerUnit: number

  constructor(precision: Precision) {
    this.#belowMs = BELOW_MS[precision]
    this.#msPerUnit = MS_PER_UNIT[precision]
    this.#nsPerUnit = NS_PER_UNIT[precision]
  }

  /** False when the bytes are no whole number of 64 bits. Nanoseconds pass 2^53, so what is below a ms is read by itself. */
  read(bytes: Buffer, from: number, to: number): boolean {
    const negative = bytes[from] === MINUS
    const first = negative ? from + 1 : from
    if (first === to || to - first > MAX_DIGITS) return false
    const split = Math.max(first, to - this.#belowMs)
    const high = wholeOf(bytes, first, split)
    const low = wholeOf(bytes, split, to)
    if (high === -1 || low === -1) return false
    this.ms = high * this.#msPerUnit
    this.ns = low * this.#nsPerUnit
    if (negative) this.#negate()
    // An instant of 0, 0 stands for none.
    if (this.ms === 0 && this.ns === 0) this.ns = 1
    return true
  }

  #negate(): void {
    const { ns } = this
    this.ms = -this.ms - (ns === 0 ? 0 : 1)
    this.ns = ns === 0 ? 0 : MILLION - ns
  }
}

function wholeOf(bytes: Buffer, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (!isDigit(byte)) return -1
    value = value * 10 + (byte - ZERO)
  }
  return value
}
