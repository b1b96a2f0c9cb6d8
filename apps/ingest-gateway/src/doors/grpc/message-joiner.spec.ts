import { StreamDecoder } from '@grpc/grpc-js/build/src/stream-decoder.js'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { buffers } from '@pegel/buffers'
import fc from 'fast-check'
import { FRAME_HEAD_BYTES, MessageJoiner } from './message-joiner.ts'

const NO_LIMIT = -1

afterEach(() => {
  jest.restoreAllMocks()
})

function framed(body: Uint8Array, packed = false): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES)
  head[0] = packed ? 1 : 0
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}

/** The bytes, cut at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  return sorted.slice(1).map((to, index) => bytes.subarray(sorted[index], to))
}

/** Writes chunks, each of which is gone afterwards. @returns the messages, and how many bytes were told to be consumed */
function joined(chunks: readonly Buffer[], maxBytes = NO_LIMIT) {
  let consumed = 0
  const joiner = new MessageJoiner({ maxBytes, consumed: (chunk) => (consumed += chunk.length) })
  const messages = chunks.flatMap((chunk) => {
    const own = Buffer.from(chunk)
    const ended = joiner.write(own)
    own.fill(0xee)
    return ended
  })
  return { messages, consumed }
}

const anyMessage = fc.tuple(fc.uint8Array({ maxLength: 80_000, size: 'max' }), fc.boolean())

describe('MessageJoiner', () => {
  it('gives what the decoder of grpc-js gives, of any messages in any chunks', () => {
    const places = fc.array(fc.nat(), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 4 }), places, (messages, at) => {
        const chunks = cut(Buffer.concat(messages.map(([body, packed]) => framed(body, packed))), at)
        const oracle = new StreamDecoder(NO_LIMIT)
        const expected = chunks.flatMap((chunk) => oracle.write(Buffer.from(chunk)))
        const { messages: found, consumed } = joined(chunks)
        expect(found.length).toBe(expected.length)
        for (const [index, message] of found.entries())
          expect(message.equals(expected[index] ?? Buffer.alloc(0))).toBe(true)
        expect(consumed).toBe(chunks.reduce((sum, { length }) => sum + length, 0))
      }),
      { numRuns: 60 },
    )
  })

  it('refuses one that is larger than allowed by its head alone, in the words of grpc-js', () => {
    const head = framed(Buffer.alloc(101)).subarray(0, FRAME_HEAD_BYTES)
    expect(() => joined([head], 100)).toThrow('Received message larger than max (101 vs 100)')
    expect(() => new StreamDecoder(100).write(head)).toThrow('Received message larger than max (101 vs 100)')
    expect(joined([framed(Buffer.alloc(100))], 100).messages).toHaveLength(1)
  })

  it('goes on refusing when more comes of it: grpc-js may hand over chunks until the status is on the wire', () => {
    const joiner = new MessageJoiner({ maxBytes: 100, consumed: () => undefined })
    for (const chunk of cut(framed(Buffer.alloc(200)), [5, 50])) {
      expect(() => joiner.write(chunk)).toThrow('Received message larger than max (200 vs 100)')
    }
  })

  it('makes room for a small multiple of what has come, whatever the head promises', () => {
    const borrow = jest.spyOn(buffers, 'borrow')
    const whole = framed(Buffer.alloc(10_000_000, 7))
    const joiner = new MessageJoiner({ maxBytes: NO_LIMIT, consumed: () => undefined })
    let given = 0
    const messages = cut(whole, [105, 10_000, 100_000, 5_000_000]).flatMap((chunk) => {
      given += chunk.length
      const ended = joiner.write(chunk)
      for (const [bytes] of borrow.mock.calls) expect(bytes).toBeLessThanOrEqual(given * 16)
      borrow.mockClear()
      return ended
    })
    expect(messages[0]?.equals(whole)).toBe(true)
  })

  it('borrows the memory of a message, but not of a packed one, which nobody would give back', () => {
    const body = Buffer.alloc(50_000, 7)
    const [plain, packed] = joined([framed(body), framed(body, true)]).messages
    expect([plain, packed].map((message) => message !== undefined && buffers.giveBack(message))).toEqual([true, false])
  })
})
