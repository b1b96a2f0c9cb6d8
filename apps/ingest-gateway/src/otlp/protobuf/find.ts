import { NOWHERE, rangeOf } from '../../wire/range.ts'
import type { Range } from '../../wire/range.ts'
import type { WireReader } from '../../wire/wire-reader.ts'
import { malformed } from '../errors.ts'

/** Notes where the fields of a message stand, since the one that describes the others may come last. Moves to its end. */
export function find(
  reader: WireReader,
  onceTag: number,
  manyTag: number,
): { readonly once: Range; readonly many: readonly Range[] } {
  let once = NOWHERE
  let seen = false
  const many: Range[] = []
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === onceTag) {
      if (seen) malformed('a resource or scope given twice')
      seen = true
      once = rangeOf(reader)
    } else if (tag === manyTag) many.push(rangeOf(reader))
    else reader.skip(tag)
  }
  return { once, many }
}

/** Visits each range as a message of its own and comes back to where the reader was. */
export function within(reader: WireReader, ranges: readonly Range[], visit: () => void): void {
  const { pos, end } = reader
  for (const range of ranges) {
    reader.pos = range.from
    reader.end = range.to
    visit()
  }
  reader.pos = pos
  reader.end = end
}
