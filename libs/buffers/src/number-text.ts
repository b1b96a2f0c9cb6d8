/**
 * Numbers as decimal text, straight into bytes: String() of a double of 16 digits costs twice as much and leaves garbage, measured. Writers
 * return where the text ends; behind it they may leave digits that are none, so there has to be room for MAX_NUMBER_BYTES.
 */

/** Room that a writer needs, whatever the number. */
export const MAX_NUMBER_BYTES = 48

const BLOCK = 1e8
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
/** Below it every whole number is a double of its own. */
const EXACT = 2 ** 53
/** Decimals of so many digits are told apart by doubles: none is shorter than the one that was written. */
const SAFE_DIGITS = 15
/** From here on, and below 2^53, values are written without an exponent. */
const SMALLEST = 1e-6
const HALF_BITS = 2 ** 26

const powers = Float64Array.from({ length: 23 }, (_, index) => Number(`1e${index}`))
/** "00" to "99". */
const pairs = Uint16Array.from({ length: 100 }, (_, n) => (ZERO + Math.floor(n / 10)) | ((ZERO + (n % 10)) << 8))
const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
const BIAS = 1023
const MANTISSA_BITS = 52
/** By n: how many decimal places have a unit below 2^-n. */
const placesOf = Uint8Array.from({ length: MANTISSA_BITS + 21 }, (_, bits) => Math.ceil(bits * Math.log10(2)))

/** Writes a finite double: text that is read as the same double, and that is the shortest such text if that has up to 15 digits. Minus zero is -0. */
export function writeDouble(view: DataView, at: number, value: number): number {
  if (value > 0) return writePositive(view, at, value)
  if (value === 0 && !Object.is(value, -0)) return writeWhole(view, at, 0)
  view.setUint8(at, MINUS)
  return writePositive(view, at + 1, -value)
}

/** Writes a whole number from 0 to 2^53. */
export function writeWhole(view: DataView, at: number, whole: number): number {
  if (whole < BLOCK) return writeSmall(view, at, whole)
  const high = Math.floor(whole / BLOCK)
  return writeEight(view, writeWhole(view, at, high), whole - high * BLOCK)
}

/** Writes the last six digits of a whole number below 10^8. */
export function writeSix(view: DataView, at: number, whole: number): number {
  const high = (whole / 10_000) | 0
  const low = whole - high * 10_000
  const middle = (low / 100) | 0
  view.setUint16(at, pairs[high % 100] ?? 0, true)
  view.setUint16(at + 2, pairs[middle] ?? 0, true)
  view.setUint16(at + 4, pairs[low - middle * 100] ?? 0, true)
  return at + 6
}

function writePositive(view: DataView, at: number, value: number): number {
  if (value >= EXACT || (value < SMALLEST && value !== 0)) return writeText(view, at, String(value))
  const whole = Math.floor(value)
  const fraction = value - whole
  const point = writeWhole(view, at, whole)
  if (fraction === 0) return point
  view.setUint8(point, POINT)
  const zeros = whole === 0 ? zerosBefore(value) : 0
  const places = whole === 0 ? SAFE_DIGITS + zeros : SAFE_DIGITS - (point - at)
  const power = powers[places] ?? 1
  const digits = Math.round(value * power)
  // The quotient of two exact doubles is rounded once, as reading the text is: equal, they are the same double.
  const end =
    digits / power === value
      ? writePlaces(view, writeZeros(view, point + 1, zeros), digits - whole * power, places - zeros)
      : writeFraction(view, point + 1, value, fraction)
  return withoutZeros(view, end)
}

/** How many zeros follow the decimal point of a value from SMALLEST to 1. */
function zerosBefore(value: number): number {
  let zeros = 0
  for (let scaled = value * 10; scaled < 1; scaled *= 10) zeros += 1
  return zeros
}

function writeZeros(view: DataView, at: number, zeros: number): number {
  for (let index = 0; index < zeros; index++) view.setUint8(at + index, ZERO)
  return at + zeros
}

/** So many places, at most 15, of which `units` is the last. */
function writePlaces(view: DataView, at: number, units: number, places: number): number {
  if (places <= 8) return writeEight(view, at, units * (powers[8 - places] ?? 1))
  const unit = powers[places - 8] ?? 1
  const high = Math.floor(units / unit)
  return writeEight(view, writeEight(view, at, high), (units - high * unit) * (powers[16 - places] ?? 1))
}

/**
 * The digits of a fraction up to the first where one unit is less than the distance to the next double: rounded there, they are nearer to this
 * double than to any other. The fraction times 10^8 is split so that no bit of it is lost (below 2^-7: that what is lost is far less than half a unit).
 */
function writeFraction(view: DataView, at: number, value: number, fraction: number): number {
  double[0] = value
  const exponent = ((words[1] ?? 0) >>> 20) - BIAS
  const places = placesOf[MANTISSA_BITS - exponent] ?? 0
  const upper = Math.floor(fraction * HALF_BITS) / HALF_BITS
  const product = upper * BLOCK
  let first = Math.floor(product)
  let rest = product - first + (fraction - upper) * BLOCK
  const carried = Math.floor(rest)
  first += carried
  rest -= carried
  return places <= 16 ? writeTwoBlocks(view, at, first, rest, places) : writeThreeBlocks(view, at, first, rest, places)
}

function writeTwoBlocks(view: DataView, at: number, first: number, rest: number, places: number): number {
  return places <= 8
    ? writeEight(view, at, eightDigits((first + rest) / BLOCK, places))
    : writeRounded(view, at, first, eightDigits(rest, places - 8))
}

function writeThreeBlocks(view: DataView, at: number, first: number, rest: number, places: number): number {
  const scaled = rest * BLOCK
  const second = Math.floor(scaled)
  const third = eightDigits(scaled - second, places - 16)
  const carried = third === BLOCK ? 1 : 0
  const end = writeRounded(view, at, first, second + carried)
  return writeEight(view, end, third - carried * BLOCK)
}

/** Two blocks of eight digits, the second of which may have been rounded up to one more than it holds. */
function writeRounded(view: DataView, at: number, first: number, second: number): number {
  const carried = second === BLOCK ? 1 : 0
  return writeEight(view, writeEight(view, at, first + carried), second - carried * BLOCK)
}

/** A fraction rounded to so many places, in units of 10^-8: up to 10^8. */
function eightDigits(fraction: number, places: number): number {
  return Math.round(fraction * (powers[places] ?? 1)) * (powers[8 - places] ?? 1)
}

function withoutZeros(view: DataView, end: number): number {
  while (view.getUint8(end - 1) === ZERO) end -= 1
  return end
}

/** All eight digits of a whole number below 10^8. */
function writeEight(view: DataView, at: number, whole: number): number {
  // An integer for the compiler, too: it multiplies where it would have to divide doubles.
  const eight = whole | 0
  const high = (eight / 10_000) | 0
  const low = eight - high * 10_000
  const first = (high / 100) | 0
  const third = (low / 100) | 0
  view.setUint16(at, pairs[first] ?? 0, true)
  view.setUint16(at + 2, pairs[high - first * 100] ?? 0, true)
  view.setUint16(at + 4, pairs[third] ?? 0, true)
  view.setUint16(at + 6, pairs[low - third * 100] ?? 0, true)
  return at + 8
}

/** The digits that a whole number below 10^8 has. */
function writeSmall(view: DataView, at: number, whole: number): number {
  let digits = 1
  for (let bound = 10; bound <= whole; bound *= 10) digits += 1
  let rest = whole | 0
  let to = at + digits
  while (to - at >= 2) {
    const quotient = (rest / 100) | 0
    to -= 2
    view.setUint16(to, pairs[rest - quotient * 100] ?? 0, true)
    rest = quotient
  }
  if (to > at) view.setUint8(at, ZERO + rest)
  return at + digits
}

function writeText(view: DataView, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) view.setUint8(at + index, text.charCodeAt(index))
  return at + text.length
}
