import { COUNT_SHIFT, distanceLengths, literalLengths } from './deflate-code.ts'

/** Lengths of codes are sent in four bits each, which is a prefix code too. */
const LENGTH_BITS = 4
const LENGTH_CODES = 19
/** Those of repetitions come first and are not used. */
const UNUSED_CODES = 3

/** How the only block of a request begins (RFC 1951, 3.2.7): packed codes of up to 5 bits. */
export function blockHeader(): number[] {
  const codes: number[] = []
  const put = (bits: number, count: number): number => codes.push(bits | (count << COUNT_SHIFT))
  put(1, 1)
  put(2, 2)
  put(literalLengths.length - 257, 5)
  put(distanceLengths.length - 1, 5)
  put(LENGTH_CODES - 4, 4)
  for (let code = 0; code < LENGTH_CODES; code++) put(code < UNUSED_CODES ? 0 : LENGTH_BITS, 3)
  for (const length of [...literalLengths, ...distanceLengths]) put(reversedFour(length), LENGTH_BITS)
  return codes
}

function reversedFour(value: number): number {
  return ((value & 1) << 3) | ((value & 2) << 1) | ((value & 4) >>> 1) | ((value & 8) >>> 3)
}
