import type { WireReader } from './wire-reader.ts'

/** Where a message stands in a body; the same position twice when it is absent. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Of a message that is absent. */
export const NOWHERE: Range = { from: 0, to: 0 }

/** Where a length-prefixed field stands; moves behind it. */
export function rangeOf(reader: WireReader): Range {
  const to = reader.lengthEnd()
  const range = { from: reader.pos, to }
  reader.pos = to
  return range
}
