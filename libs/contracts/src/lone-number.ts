import type { ByteReader } from './avro/byte-reader.ts'

/**
 * What most runs have from the branch of their points on: that of numbers, a count of 1, no difference to the group's time, the value, neither flags nor
 * exemplars, and the ends of both arrays. Readers move over it at once, without a step for each field.
 */
export const LONE_BYTES = 14
/** From there. */
export const LONE_VALUE_AT = 3

const HEAD = 0x000200
const TAIL_AT = 11
const THREE_BYTES = 0xffffff

/** Whether it stands where the reader is. */
export function isLoneNumber({ pos, end, view }: ByteReader): boolean {
  // Of what is looked at, one byte is beyond the run: behind it there are the ends of two arrays at least.
  if (pos + LONE_BYTES >= end) return false
  if ((view.getInt32(pos, true) & THREE_BYTES) !== HEAD) return false
  return (view.getInt32(pos + TAIL_AT, true) & THREE_BYTES) === 0
}
