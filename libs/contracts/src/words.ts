/** Bytes that keys are ranges of. */
export interface Viewed {
  readonly view: DataView
}

const GOLDEN = 0x9e3779b1

/** 32 bits of a range of bytes, read 32 at a time. No secret: anybody can find ranges of one hash. */
export function hashOf(view: DataView, from: number, to: number): number {
  let hash = to - from
  let at = from
  for (; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), GOLDEN)
    hash ^= hash >>> 15
  }
  if (at < to) {
    hash = Math.imul(hash ^ wordAt(view, at, to), GOLDEN)
    hash ^= hash >>> 15
  }
  return hash
}

/** Whether a range has the bytes that readWords() put at `at`. */
export function equalWords(view: DataView, from: number, to: number, words: Int32Array, at: number): boolean {
  const wholeTo = to - ((to - from) & 3)
  let word = at
  let position = from
  for (; position < wholeTo; position += 4, word += 1) {
    if (view.getInt32(position, true) !== words[word]) return false
  }
  return position === to || wordAt(view, position, to) === words[word]
}

/** Copies a range as little-endian words, the last one filled up with zeros. */
export function readWords(view: DataView, from: number, to: number, words: Int32Array, at: number): void {
  for (let position = from, word = at; position < to; position += 4, word += 1) words[word] = wordAt(view, position, to)
}

/** Up to 32 bits of a range, with zeros for what is beyond its end. */
export function wordAt(view: DataView, at: number, to: number): number {
  if (at + 4 <= to) return view.getInt32(at, true)
  let word = 0
  for (let index = at; index < to; index++) word |= view.getUint8(index) << ((index - at) * 8)
  return word
}
