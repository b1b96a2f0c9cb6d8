import { createHook } from 'node:async_hooks'
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { contentEncodingOf, unpack } from './unpack.ts'
import type { ContentEncoding } from './unpack.ts'

const packers: readonly (readonly [string, ContentEncoding, (body: Buffer) => Buffer])[] = [
  ['gzip', 'gzip', gzipSync],
  ['zlib', 'deflate', deflateSync],
  ['bare deflate', 'deflate', deflateRawSync],
  ['zstd', 'zstd', zstdCompressSync],
  ['nothing', 'identity', (body) => body],
]
/** How often something of zlib comes to its turn on the event loop during the work. */
async function piecesDuring(work: () => Promise<unknown>): Promise<number> {
  const streams = new Set<number>()
  let pieces = 0
  const hook = createHook({
    init(id, type) {
      if (type === 'ZLIB') streams.add(id)
    },
    before(id) {
      if (streams.has(id)) pieces += 1
    },
  }).enable()
  try {
    await work()
    return pieces
  } finally {
    hook.disable()
  }
}

const options = { maxBytes: 1000, tenant: 'acme' }

describe('unpack', () => {
  it.each(packers)('gives back what was packed by %s', async (_name, encoding, pack) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 1000 }), async (bytes) => {
        const body = Buffer.from(bytes)
        expect((await unpack(pack(body), { ...options, encoding })).equals(body)).toBe(true)
      }),
      { numRuns: 20 },
    )
  })

  it.each(packers.filter(([, encoding]) => encoding !== 'identity'))(
    'stops a bomb of %s while it unpacks',
    async (_name, encoding, pack) => {
      const bomb = pack(Buffer.alloc(64 * 1024 * 1024))
      expect(bomb.length).toBeLessThan(100_000)
      const before = process.memoryUsage().arrayBuffers
      const unpacking = unpack(bomb, { ...options, encoding })
      await expect(unpacking).rejects.toMatchObject({ code: 'gateway.body_too_large' })
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
    },
  )

  it.each(packers.filter(([, encoding]) => encoding !== 'identity'))(
    'waits for its turn on the event loop a few times, not for every 16 KiB of %s',
    async (_name, encoding, pack) => {
      const maxBytes = 16 * 1024 * 1024
      for (const bytes of [maxBytes, 4 * maxBytes]) {
        const body = pack(Buffer.alloc(bytes))
        const unpacking = () => unpack(body, { ...options, maxBytes, encoding }).catch(() => undefined)
        const pieces = await piecesDuring(unpacking)
        expect(pieces).toBeGreaterThan(0)
        expect(pieces).toBeLessThan(150)
      }
    },
  )

  it.each(packers.filter(([, encoding]) => encoding !== 'identity'))(
    'refuses what %s did not make',
    async (_name, encoding, pack) => {
      const whole = pack(Buffer.alloc(500, 'abcdef'))
      for (const broken of [whole.subarray(0, -3), Buffer.from('not packed at all'), Buffer.alloc(0)]) {
        await expect(unpack(broken, { ...options, encoding })).rejects.toMatchObject({
          code: 'gateway.body_not_unpacked',
        })
      }
    },
  )
})

describe('contentEncodingOf', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    [' zstd ', 'zstd'],
    ['deflate', 'deflate'],
    ['br', undefined],
    ['gzip, gzip', undefined],
  ])('reads %s as %s', (header, encoding) => {
    expect(contentEncodingOf(header)).toBe(encoding)
  })
})
