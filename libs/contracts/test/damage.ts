import fc from 'fast-check'
import { FRAME_BYTES } from '../src/avro/framing.ts'

/** One change of a record: its end cut off at `at`, a byte put in, or a byte that is another. */
interface Change {
  readonly at: number
  readonly byte: number
  readonly cut: number
}

export const damage: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    at: fc.nat(),
    byte: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 1, 127, 128, 255)),
    cut: fc.integer({ min: 0, max: 15 }),
  }),
  { minLength: 1, maxLength: 3 },
)

/** Behind the frame's header. */
export function damaged(value: Buffer, changes: readonly Change[]): Buffer {
  let bytes = Buffer.from(value)
  for (const { at, byte, cut } of changes) {
    const index = FRAME_BYTES + (at % Math.max(1, bytes.length - FRAME_BYTES))
    if (cut === 0) bytes = bytes.subarray(0, index)
    else if (cut === 1) bytes = Buffer.concat([bytes.subarray(0, index), Buffer.of(byte), bytes.subarray(index)])
    else bytes[index] = byte
  }
  return bytes
}
