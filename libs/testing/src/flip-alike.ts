/** Pairs of words of 4 bytes that flipAlike() may change. */
export interface FlippedPairs {
  /** Where the first of them begins: behind so many whole words. */
  readonly from?: number
  /** The number's bits. */
  readonly pairs: number
}

/** Makes other bytes of each number, all of one hashOf(): flipping these bits in a pair of words leaves it as it is. */
export function flipAlike(bytes: Buffer, number: number, { from = 0, pairs }: FlippedPairs): Buffer {
  for (let pair = 0; pair < pairs; pair += 1) {
    if ((number & (1 << pair)) === 0) continue
    const at = from + pair * 8
    bytes.writeInt32LE(bytes.readInt32LE(at) ^ 0x80000000, at)
    bytes.writeInt32LE(bytes.readInt32LE(at + 4) ^ 0x80010000, at + 4)
  }
  return bytes
}
