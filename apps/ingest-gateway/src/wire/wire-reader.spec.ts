import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { WireReader } from './wire-reader.ts'

const malformed = (problem: string): never => {
  throw new Error(`malformed: ${problem}`)
}
const reader = (...bytes: readonly number[]): WireReader => new WireReader(Buffer.from(bytes), malformed)
const ones = (count: number): number[] => Array.from({ length: count }, () => 0xff)

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)])

describe('WireReader', () => {
  it.each<[string, (r: WireReader) => unknown, number[], unknown]>([
    ['a small varint', (r) => (r.varint(), r.unsigned()), [0x7f], 127],
    ['a varint of 33 bits', (r) => (r.varint(), r.unsigned()), [0x80, 0x80, 0x80, 0x80, 0x20], 2 ** 33],
    ['minus one', (r) => (r.varint(), r.signedBig()), [...ones(9), 0x01], -1n],
    [
      'the least long',
      (r) => (r.varint(), r.signedBig()),
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
      -(2n ** 63n),
    ],
    ['a fixed64', (r) => (r.fixed64(), r.unsigned()), [1, 0, 0, 0, 1, 0, 0, 0], 2 ** 32 + 1],
    ['an sfixed64', (r) => (r.fixed64(), r.signed()), [0xfe, ...ones(7)], -2],
    ['a tag of two bytes', (r) => r.tag(), [0x82, 0x01], 130],
    ['a text', (r) => r.string(), [3, 0xe2, 0x82, 0xac], '€'],
  ])('reads %s', (_name, read, bytes, expected) => {
    const at = reader(...bytes)
    expect(read(at)).toBe(expected)
    expect(at.pos).toBe(bytes.length)
  })

  it.each<[string, (r: WireReader) => unknown, number[]]>([
    ['a varint that does not end', (r) => r.varint(), [0x80]],
    ['a varint of more than 64 bits', (r) => r.varint(), [...ones(10), 0x01]],
    ['a fixed64 cut short', (r) => r.fixed64(), [1, 2, 3]],
    ['a double cut short', (r) => r.double(), [1, 2, 3]],
    ['a length beyond the end', (r) => r.enter(), [5, 1]],
    ['a length of 2^35', (r) => r.lengthEnd(), [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
    ['no length', (r) => r.lengthEnd(), []],
    ['field number 0', (r) => r.tag(), [0x02]],
    ['field number 0 in two bytes', (r) => r.tag(), [0x82, 0x00]],
    ['a field number of 33 bits', (r) => r.tag(), [0x80, 0x80, 0x80, 0x80, 0x10]],
    ['a text that is not UTF-8', (r) => r.string(), [1, 0xff]],
    ['a wire type that does not exist', (r) => r.skip(0x0e), [1]],
    ['the end of a group that never began', (r) => r.skip(0x0c), [1]],
    ['a fixed32 cut short', (r) => r.skip(0x0d), [1, 2]],
    ['a group that does not end', (r) => r.skip(0x0b), [0x10, 0x01]],
    ['a group that ends as another', (r) => r.skip(0x0b), [0x14]],
    ['groups in groups without end', (r) => r.skip(0x0b), Array.from({ length: 40 }, () => 0x0b)],
  ])('refuses %s', (_name, read, bytes) => {
    expect(() => read(reader(...bytes))).toThrow('malformed: ')
  })

  it.each<[string, number, number[]]>([
    ['a varint', 0x08, [0xac, 0x02]],
    ['a fixed64', 0x09, [1, 2, 3, 4, 5, 6, 7, 8]],
    ['bytes', 0x0a, [2, 1, 1]],
    ['a fixed32', 0x0d, [1, 2, 3, 4]],
    ['a group with all of these', 0x0b, [0x08, 0x01, 0x12, 1, 9, 0x13, 0x14, 0x1d, 0, 0, 0, 0, 0x0c]],
  ])('steps over %s', (_name, tag, bytes) => {
    const at = reader(...bytes, 0x55)
    at.skip(tag)
    expect(at.pos).toBe(bytes.length)
  })

  it('steps over messages of one tag as one by one, and stops before what it does not know', () => {
    const message = fc.tuple(
      fc.constantFrom(0x0a, 0x0a, 0x0a, 0x12, 0x08),
      fc.constantFrom(0, 1, 127, 128, 300, 16_383, 16_384),
    )
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.nat(3), (messages, cut) => {
        const whole = Buffer.concat(
          messages.map(([tag, length]) =>
            Buffer.concat([Buffer.of(tag, ...varint(length)), Buffer.alloc(length, 0x0a)]),
          ),
        )
        const at = new WireReader(whole.subarray(0, Math.max(0, whole.length - cut)), malformed)
        const found = at.messagesEnd(0x0a)
        let expected = 0
        for (const [tag, length] of messages) {
          const size = 1 + varint(length).length + length
          if (tag !== 0x0a || length >= 16_384 || expected + size > at.end) break
          // One without bytes at the very end may be left to whoever looks at each.
          if (length === 0 && expected + size === at.end && found === expected) break
          expected += size
        }
        expect([found, at.pos]).toEqual([expected, 0])
      }),
    )
  })

  it('does not read beyond the message at hand', () => {
    const at = reader(2, 0x80, 0x80, 0x01, 0x01)
    const outer = at.enter()
    expect(() => at.varint()).toThrow('ends within a number')
    at.leave(outer)
    expect(at.end).toBe(5)
  })
})
