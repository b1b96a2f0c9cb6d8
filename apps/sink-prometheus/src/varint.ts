/** Protobuf varints of non-negative safe integers, and of negative int64 (always ten bytes). */
const SEVEN_BITS = 0x80

export function varintSize(value: number): number {
  if (value < 0) return 10
  let size = 1
  for (let rest = value; rest >= SEVEN_BITS; rest = Math.floor(rest / SEVEN_BITS)) size += 1
  return size
}

/** Writes at `offset` and returns the offset behind. */
export function writeVarint(bytes: Uint8Array, offset: number, value: number): number {
  if (value < 0) return writeNegative(bytes, offset, value)
  let at = offset
  let rest = value
  // Division, since shifts are of 32 bits and timestamps have 41.
  while (rest >= SEVEN_BITS) {
    bytes[at++] = (rest % SEVEN_BITS) | SEVEN_BITS
    rest = Math.floor(rest / SEVEN_BITS)
  }
  bytes[at++] = rest
  return at
}

/** sint32 and sint64. */
export function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1
}

function writeNegative(bytes: Uint8Array, offset: number, value: number): number {
  let rest = BigInt.asUintN(64, BigInt(value))
  let at = offset
  while (rest >= 0x80n) {
    bytes[at++] = Number(rest & 0x7fn) | SEVEN_BITS
    rest >>= 7n
  }
  bytes[at++] = Number(rest)
  return at
}
