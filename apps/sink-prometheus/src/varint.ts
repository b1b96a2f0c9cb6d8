/** Protobuf varints of non-negative safe integers, and of negative int64 (always ten bytes). */
const BITS_28 = 0x1000_0000

export function varintSize(value: number): number {
  if (value < 0) return 10
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < BITS_28 ? 4 : 4 + varintSize(Math.floor(value / BITS_28))
}

/** Writes at `offset` and returns the offset behind. Timestamps have 41 bits, shifts 32: so in parts of 28. */
export function writeVarint(bytes: Uint8Array, offset: number, value: number): number {
  if (value < 0) return writeNegative(bytes, offset, value)
  let at = offset
  if (value < BITS_28) {
    let rest = value
    while (rest >= 0x80) {
      bytes[at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    bytes[at++] = rest
    return at
  }
  const high = Math.floor(value / BITS_28)
  const low = value - high * BITS_28
  bytes[at] = (low & 0x7f) | 0x80
  bytes[at + 1] = ((low >>> 7) & 0x7f) | 0x80
  bytes[at + 2] = ((low >>> 14) & 0x7f) | 0x80
  bytes[at + 3] = (low >>> 21) | 0x80
  return writeVarint(bytes, at + 4, high)
}

/** sint32 and sint64. */
export function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1
}

function writeNegative(bytes: Uint8Array, offset: number, value: number): number {
  let rest = BigInt.asUintN(64, BigInt(value))
  let at = offset
  while (rest >= 0x80n) {
    bytes[at++] = Number(rest & 0x7fn) | 0x80
    rest >>= 7n
  }
  bytes[at++] = Number(rest)
  return at
}
