import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ByteReader } from './avro/byte-reader.ts'
import { ByteWriter } from './avro/byte-writer.ts'
import { GroupTimes } from './group-times.ts'

const BASE_NS = 1_750_000_000_123_456_789n

/** A group's base and starts, as they are read by the method that knows the last one, or by the other. */
function timesOf(groups: readonly (readonly bigint[])[], how: 'read' | 'readStart'): unknown[] {
  const out = new ByteWriter()
  for (const [index, starts] of groups.entries()) {
    out.bigLong(BASE_NS + BigInt(index))
    for (const start of starts) out.bigLong(start)
  }
  const reader = new ByteReader(out.bytes.subarray(0, out.pos), { record: 'MetricBatch' })
  const times = new GroupTimes()
  const seen: unknown[] = []
  for (const starts of groups) {
    times.readBase(reader)
    for (const start of starts) {
      times[how](reader)
      seen.push([start, reader.pos, times.timeMs, times.timeNs])
    }
  }
  reader.atEnd()
  return seen
}

describe('GroupTimes', () => {
  it('reads starts as it reads other times, whichever came before', () => {
    // Of every length, some of which begin or end alike.
    const starts = [0, 6, 13, 20, 27, 30, 34, 41, 48, 55, 60].flatMap((bits) =>
      [0n, 1n, 1n << 12n].map((more) => (1n << BigInt(bits)) + more),
    )
    const start = fc.constantFrom(0n, ...starts, ...starts.map((each) => -each))
    const groups = fc.array(fc.array(start, { maxLength: 12 }), { minLength: 1, maxLength: 3 })
    const runs = groups.map((all) => all.map((group) => group.flatMap((each) => [each, each])))
    fc.assert(
      fc.property(runs, (all) => {
        expect(timesOf(all, 'readStart')).toEqual(timesOf(all, 'read'))
      }),
      { numRuns: 500 },
    )
  })

  it('knows a start by all of its bytes, and only within its group', () => {
    const hour = -3_600_000_000_000n
    const apart = hour - (1n << 36n)
    const seen = timesOf([[hour, hour, apart, hour], [hour]], 'readStart')
    expect(seen).toEqual(timesOf([[hour, hour, apart, hour], [hour]], 'read'))
    expect(new Set(seen.map((each) => JSON.stringify((each as unknown[]).slice(2)))).size).toBe(3)
  })
})
