import { randomBytes } from 'node:crypto'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { compressFrameSync } from 'lz4-napi'
import { compressSync } from 'snappy'
import { codecByType, compressionType, MAX_INFLATED_BYTES } from './codecs.ts'
import { decompressLz4, inflatesAtMost } from './lz4-codec.ts'
import { decompressSnappy } from './snappy-codec.ts'
import { decompressZstd } from './zstd-codec.ts'

const inputs = [Buffer.alloc(0), Buffer.from('a'), Buffer.alloc(200_000, 'xyz'), randomBytes(100_000)]
const codec = (name: keyof typeof compressionType) => {
  const found = codecByType(compressionType[name])
  if (found === null) throw new Error('not a codec')
  return found
}

describe('codecs', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('%s gives back what it took', async (name) => {
    for (const input of inputs) {
      const output = await codec(name).decompress(await codec(name).compress(input))
      expect(output.equals(input)).toBe(true)
    }
  })

  it('there is none for uncompressed batches, and none for unknown types', () => {
    expect(codecByType(0)).toBeNull()
    expect(() => codecByType(5)).toThrow('compression type 5')
  })

  it.each(['gzip', 'zstd'] as const)('%s reads a stream of several frames', async (name) => {
    const compress = name === 'gzip' ? gzipSync : zstdCompressSync
    const frames = Buffer.concat([compress(Buffer.from('one ')), compress(Buffer.from('two'))])
    expect((await codec(name).decompress(frames)).toString()).toBe('one two')
  })

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('%s refuses to inflate beyond the bound', async (name) => {
    const bomb = await codec(name).compress(Buffer.alloc(MAX_INFLATED_BYTES + 1))
    await expect(codec(name).decompress(bomb)).rejects.toThrow()
  })

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('%s rejects what is cut off or damaged', async (name) => {
    const whole = await codec(name).compress(Buffer.from('some bytes, some bytes, some bytes'))
    await expect(codec(name).decompress(Buffer.from('garbage that is no frame'))).rejects.toThrow()
    await expect(codec(name).decompress(whole.subarray(0, whole.length - 8))).rejects.toThrow()
  })
})

describe('zstd', () => {
  const bytes = fc.uint8Array({ maxLength: 5000 }).map((a) => Buffer.from(a))
  const skippable = Buffer.from([0x55, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])

  it('takes no chunk of memory for a little record', async () => {
    const packed = await codec('zstd').compress(Buffer.from('a little record'))
    const unpacked = await codec('zstd').decompress(packed)
    expect(packed.buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize)
    expect(unpacked.buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize)
  })

  it('reads any number of frames, whatever their headers say, and steps over skippable ones', async () => {
    const options = fc.record({ checksum: fc.boolean(), contentSize: fc.boolean(), level: fc.constantFrom(1, 9) })
    const compress = (data: Buffer, o: { checksum: boolean; contentSize: boolean; level: number }): Buffer =>
      zstdCompressSync(data, {
        params: {
          [constants.ZSTD_c_checksumFlag]: Number(o.checksum),
          [constants.ZSTD_c_contentSizeFlag]: Number(o.contentSize),
          [constants.ZSTD_c_compressionLevel]: o.level,
        },
      })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(bytes, options), { minLength: 1, maxLength: 4 }), async (parts) => {
        const stream = Buffer.concat(parts.flatMap(([data, o]) => [compress(data, o), skippable]))
        const whole = Buffer.concat(parts.map(([data]) => data))
        expect((await decompressZstd(stream, 1_000_000)).equals(whole)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('reads frames of many blocks and of repeated bytes', async () => {
    for (const data of [Buffer.alloc(1_000_000, 7), randomBytes(1_000_000)]) {
      const twice = Buffer.concat([zstdCompressSync(data), zstdCompressSync(data)])
      expect(await decompressZstd(twice, 2_000_000)).toHaveLength(2_000_000)
      await expect(decompressZstd(twice, 1_999_999)).rejects.toThrow()
      await expect(decompressZstd(twice, 1_000_000)).rejects.toThrow('bound')
    }
  })
})

describe('snappy', () => {
  it('reads raw blocks, as librdkafka writes them', async () => {
    const input = Buffer.from('raw '.repeat(1000))
    expect((await decompressSnappy(compressSync(input), 10_000)).equals(input)).toBe(true)
  })

  it('counts the bound over all blocks', async () => {
    const framed = await codec('snappy').compress(Buffer.alloc(200_000))
    await expect(decompressSnappy(framed, 199_999)).rejects.toThrow('bound')
    expect(await decompressSnappy(framed, 200_000)).toHaveLength(200_000)
  })

  it('names what is wrong with the frame', async () => {
    const framed = await codec('snappy').compress(Buffer.from('abc'))
    await expect(decompressSnappy(framed.subarray(0, 18), 100)).rejects.toThrow('length is cut off')
    await expect(decompressSnappy(Buffer.alloc(6, 0xff), 100)).rejects.toThrow('no length')
    await expect(decompressSnappy(Buffer.alloc(0), 100)).rejects.toThrow('no length')
  })
})

describe('lz4', () => {
  it('knows an upper bound of what a frame holds', () => {
    for (const input of inputs) {
      const bound = inflatesAtMost(compressFrameSync(input))
      expect(bound).toBeGreaterThanOrEqual(input.length)
      expect(bound).toBeLessThanOrEqual(Math.max(4 * 1024 * 1024, input.length * 2))
    }
  })

  it('reads frames with checksums and refuses what is none', async () => {
    const input = Buffer.from('checked '.repeat(500))
    const frame = compressFrameSync(input, { blockChecksums: true, contentChecksum: true })
    expect((await decompressLz4(frame, 10_000_000)).equals(input)).toBe(true)
    await expect(decompressLz4(Buffer.from('no'), 100)).rejects.toThrow('not an LZ4 frame')
  })
})
