import type { ByteReader } from './avro/byte-reader.ts'
import { readAttributes } from './blocks.ts'
import type { GroupTimes } from './group-times.ts'
import type { Exemplar } from './metric-batch.ts'

/** The least bytes of an exemplar: a bound on what a count may claim. */
const EXEMPLAR_BYTES = 13
const NONE: readonly Exemplar[] = []

/** The exemplars of a run, of the points first .. first+points-1. @throws contracts.decode_failed */
export function readExemplars(
  reader: ByteReader,
  times: GroupTimes,
  first: number,
  points: number,
): readonly Exemplar[] {
  if (reader.bytes[reader.pos] === 0) {
    reader.pos += 1
    return NONE
  }
  const exemplars: Exemplar[] = []
  for (let count = reader.arrayBlock(EXEMPLAR_BYTES); count > 0; count = reader.arrayBlock(EXEMPLAR_BYTES)) {
    const { blockEnd } = reader
    for (let index = 0; index < count; index++) {
      const point = reader.int()
      if (point < 0 || point >= points) reader.fail('an exemplar of a point that is not there')
      times.read(reader)
      exemplars.push({
        point: first + point,
        timeMs: times.timeMs,
        timeNs: times.timeNs,
        value: reader.double(),
        traceId: reader.lengthPrefixed().toString('hex'),
        spanId: reader.lengthPrefixed().toString('hex'),
        attributes: readAttributes(reader),
      })
    }
    reader.endBlock(blockEnd)
  }
  return exemplars
}
