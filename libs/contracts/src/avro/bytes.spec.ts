import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

const reader = (bytes: Uint8Array): ByteReader => new ByteReader(bytes, { record: 'Test' })

/** Zigzag and base 128, by their definition. */
function encoded(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = value >= 0n ? value * 2n : -value * 2n - 1n
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Buffer.from([...bytes, Number(rest)])
}

describe('longs', () => {
  const edges = [0, 1, 6, 7, 13, 14, 27, 28, 31, 32, 51, 52].flatMap((bits) => [
    2 ** bits - 1,
    2 ** bits,
    2 ** bits + 1,
  ])
  const numbers = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(...edges, ...edges.map((edge) => -edge)))

  it('that a number holds come back exactly, in the bytes of the definition', () => {
    fc.assert(
      fc.property(numbers, (value) => {
        const writer = new ByteWriter(1)
        writer.long(value)
        expect(writer.copy()).toEqual(encoded(BigInt(value)))
        expect(reader(writer.copy()).long() + 0).toBe(value + 0)
        expect(reader(writer.copy()).longOrNaN() + 0).toBe(value + 0)
      }),
      { numRuns: 500 },
    )
  })

  it('of 64 bits come back exactly as bigint, and are refused as number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const writer = new ByteWriter(1)
        writer.bigLong(value)
        expect(writer.copy()).toEqual(encoded(value))
        expect(reader(writer.copy()).bigLong()).toBe(value)
        if (!Number.isSafeInteger(Number(value))) {
          expect(reader(writer.copy()).longOrNaN()).toBeNaN()
          expect(() => reader(writer.copy()).long()).toThrow('beyond 2^53')
        }
      }),
    )
  })

  it('of more than 64 bits are refused', () => {
    expect(() => reader(Buffer.from('ffffffffffffffffff03', 'hex')).bigLong()).toThrow('more than 64 bits')
    expect(() => reader(Buffer.from('ffffffffffffffffffff01', 'hex')).bigLong()).toThrow('more than 10 bytes')
    expect(() => reader(encoded(2n ** 31n)).int()).toThrow('more than 32 bits')
    expect(reader(encoded(-(2n ** 31n))).int()).toBe(-(2 ** 31))
  })
})

describe('ByteReader', () => {
  it.each<[string, (r: ByteReader) => unknown, number[]]>([
    ['a byte', (r) => r.byte(), []],
    ['a long', (r) => r.long(), [128]],
    ['a double', (r) => r.double(), [1, 2, 3, 4, 5, 6, 7]],
    ['a string', (r) => r.string(), [4, 65]],
    ['a negative length', (r) => r.size(), [1]],
    ['raw bytes', (r) => r.raw(2), [1]],
    ['a boolean', (r) => r.boolean(), [2]],
    ['an array', (r) => r.arrayBlock(1), [4, 1]],
    ['a sized block', (r) => r.arrayBlock(2), [3, 6, 1, 2, 3]],
  ])('refuses %s that is not there', (_, read, bytes) => {
    const refused = expect.objectContaining({ code: 'contracts.decode_failed' })
    expect(() => read(reader(Buffer.from(bytes)))).toThrow(refused)
  })

  it('reads a part of a larger buffer, and nothing beyond it', () => {
    const whole = new Uint8Array([1, 1, 4, 65, 66, 67])
    expect(reader(whole.subarray(2, 5)).string()).toBe('AB')
    expect(() => reader(whole.subarray(2, 4)).string()).toThrow('cannot hold')
  })

  it('gives the same strings whether or not it was told to expect many', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), { maxLength: 5 }), (strings) => {
        const writer = new ByteWriter()
        for (const string of strings) writer.string(string)
        const expected = strings.map((string) => Buffer.from(string).toString())
        const [one, many] = [reader(writer.copy()), reader(writer.copy()).expectStrings()]
        expect(strings.map(() => one.string())).toEqual(expected)
        expect(strings.map(() => many.string())).toEqual(expected)
      }),
    )
  })
})
