import { compressFrame, decompressFrame } from 'lz4-napi'

const FRAME_MAGIC = 0x184d2204
const VERSION_BYTES = 4
const UNCOMPRESSED_FLAG = 0x80000000
/** No LZ4 block inflates more than this: a match of 255 bytes costs one byte. */
const MAX_RATIO = 255

export function compressLz4(data: Buffer): Promise<Buffer> {
  return compressFrame(data)
}

export async function decompressLz4(data: Buffer, maxBytes: number): Promise<Buffer> {
  // lz4-napi takes no bound on its output, so the frame is judged by its block headers before it is inflated.
  if (inflatesAtMost(data) > maxBytes) throw new Error('lz4: the data may inflate beyond the bound')
  return decompressFrame(data)
}

/** An upper bound of the inflated size of an LZ4 frame (LZ4 Frame Format 1.6.x), read from its headers. */
export function inflatesAtMost(frame: Buffer): number {
  if (frame.length < 7 || frame.readUInt32LE(0) !== FRAME_MAGIC) throw new Error('lz4: not an LZ4 frame')
  const flags = frame.readUInt8(VERSION_BYTES)
  const blockMax = 1 << (8 + 2 * ((frame.readUInt8(5) >> 4) & 7))
  const blockChecksum = (flags & 0x10) !== 0 ? 4 : 0
  let at = 7 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0)
  let total = 0
  while (at + 4 <= frame.length) {
    const header = frame.readUInt32LE(at)
    if (header === 0) return total
    const size = header & ~UNCOMPRESSED_FLAG
    total += header >= UNCOMPRESSED_FLAG ? size : Math.min(blockMax, size * MAX_RATIO)
    at += 4 + size + blockChecksum
  }
  return total
}
