import { randomBytes } from 'node:crypto'
import { Transform } from 'node:stream'
import { constants, createZstdCompress, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, it, jest } from '@jest/globals'
import { ZstdContext } from './zstd-context.ts'

const inputs = [Buffer.alloc(300_000, 'xyz'), Buffer.from('a'), randomBytes(200_000), Buffer.alloc(300_000, 'xyz')]
const create = { compress: jest.fn(() => createZstdCompress()), decompress: jest.fn(() => createZstdDecompress()) }

function contexts() {
  jest.clearAllMocks()
  return {
    compressing: new ZstdContext(create.compress, constants.ZSTD_e_end),
    decompressing: new ZstdContext(create.decompress, constants.ZSTD_e_end),
  }
}

/** What it makes of an input with so much room. */
function turned(context: ZstdContext, input: Buffer, roomBytes = input.length + 2000): Buffer | undefined {
  const room = Buffer.alloc(roomBytes)
  const bytes = context.run(input, room)
  return bytes === undefined ? undefined : room.subarray(0, bytes)
}

describe('ZstdContext', () => {
  it('makes frame after frame in the same memory', () => {
    const { compressing, decompressing } = contexts()
    for (const input of inputs) {
      const frame = turned(compressing, input) ?? Buffer.alloc(0)
      expect(zstdDecompressSync(frame).equals(input)).toBe(true)
      expect(turned(decompressing, frame, input.length + 1)?.equals(input)).toBe(true)
    }
    expect([create.compress.mock.calls.length, create.decompress.mock.calls.length]).toEqual([1, 1])
  })

  it('gives nothing when there is too little room, and then begins anew', () => {
    const { compressing, decompressing } = contexts()
    const [input = Buffer.alloc(0)] = inputs
    const frame = zstdCompressSync(input)
    expect(turned(compressing, input, 0)).toBeUndefined()
    expect(turned(decompressing, frame, 0)).toBeUndefined()
    expect(turned(compressing, randomBytes(200_000), 100_000)).toBeUndefined()
    expect(turned(decompressing, frame, input.length - 1)).toBeUndefined()
    expect(zstdDecompressSync(turned(compressing, input) ?? randomBytes(9)).equals(input)).toBe(true)
    expect(turned(decompressing, frame, input.length + 1)?.equals(input)).toBe(true)
  })

  it('throws what zstd says of damaged bytes, and reads the next frame', () => {
    const { decompressing } = contexts()
    const [input = Buffer.alloc(0)] = inputs
    const frame = zstdCompressSync(input)
    const damaged = Buffer.from(frame)
    damaged.fill(0xff, 8)
    for (let times = 0; times < 2; times += 1) {
      expect(() => turned(decompressing, damaged, input.length + 1)).toThrow()
      expect(turned(decompressing, frame, input.length + 1)?.equals(input)).toBe(true)
    }
  })

  it('gives nothing where Node.js looks otherwise inside', () => {
    const strange = new ZstdContext(() => new Transform(), constants.ZSTD_e_end)
    expect(turned(strange, Buffer.from('a'))).toBeUndefined()
  })
})
