import { describe, expect, it } from '@jest/globals'
import { compressSync } from 'snappy'
import { unpackSnappy } from './snappy.ts'

const MAX = 4 * 1024 * 1024

describe('unpackSnappy', () => {
  it.each([0, 1, 200_000, 1024 * 1024, 1024 * 1024 + 1, MAX])('unpacks what has %i bytes', async (bytes) => {
    const body = Buffer.alloc(bytes, 'metrics ')
    const unpacked = await unpackSnappy(compressSync(body), { maxOutputLength: MAX })
    expect(unpacked.equals(body)).toBe(true)
  })

  it('judges by the length that is told, before anything is unpacked', async () => {
    const packed = compressSync(Buffer.alloc(MAX + 1))
    await expect(unpackSnappy(packed, { maxOutputLength: MAX })).rejects.toMatchObject({ code: 'ERR_BUFFER_TOO_LARGE' })
  })

  it.each([
    ['ends within its length', Buffer.from([0x80])],
    ['has a length of too many bytes', Buffer.alloc(6, 0x80)],
    ['holds less than it tells, of a small one', Buffer.from([0x20, 0x00])],
    ['holds less than it tells, of a large one', Buffer.from([0x80, 0x80, 0x80, 0x01, 0x00])],
  ])('refuses one that %s', async (_what, packed) => {
    await expect(unpackSnappy(packed, { maxOutputLength: MAX })).rejects.toThrow()
  })
})
