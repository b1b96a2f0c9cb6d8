import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { varintSize, writeVarint, zigzag } from './varint.ts'

function written(value: number): Buffer {
  const bytes = Buffer.alloc(12)
  return bytes.subarray(0, writeVarint(bytes, 0, value))
}

/** What protobufjs reads. */
const read = (value: number): number => Number(protobuf.Reader.create(written(value)).int64())

describe('varints', () => {
  it('read back as they were written, in the size that was foretold', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(read(value)).toBe(value)
        expect(written(value).length).toBe(varintSize(value))
      }),
    )
  })

  it.each([0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455, 268_435_456, 1_800_000_000_000, -1])(
    '%d',
    (value) => {
      expect(read(value)).toBe(value)
      expect(written(value).length).toBe(varintSize(value))
    },
  )

  it('fold the sign into the lowest bit', () => {
    expect([0, -1, 1, -2, 2].map(zigzag)).toEqual([0, 1, 2, 3, 4])
  })
})
