import { promisify } from 'node:util'
import {
  constants,
  createZstdCompress,
  createZstdDecompress,
  zstdCompress,
  zstdCompressSync,
  zstdDecompress,
  zstdDecompressSync,
} from 'node:zlib'
import { buffers } from '@pegel/buffers'
import { ZstdContext } from './zstd-context.ts'

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const RLE_BLOCK = 1

/**
 * Measured on records of 126 kB and 1 MB: in this thread a call takes 0.3 to 0.9 ms and half of the CPU that the thread
 * pool takes for the same, which spends the rest on moving chunks. Only what would hold up the event loop goes there.
 */
const SYNC_BYTES = 2 * 1024 * 1024
/** One of 64 KiB could not be told from a slab of Node.js, and would be left to the collector. */
const CHUNK_BYTES = 64 * 1024 + 512
/** What a frame takes besides its content, at most: a little record must not cost a chunk. */
const FRAME_BYTES = 128

const compressAsync = promisify(zstdCompress)
const decompressAsync = promisify(zstdDecompress)
// Level 1: higher levels cost a multiple in CPU for a few per cent on columns of doubles.
const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const compressing = new ZstdContext(() => createZstdCompress(fast), constants.ZSTD_e_end)
const decompressing = new ZstdContext(() => createZstdDecompress(), constants.ZSTD_e_end)

/** What it gives is borrowed, if it is not small. */
export async function compressZstd(data: Buffer): Promise<Buffer> {
  // Told the size, zstd takes no more memory than that needs, and the frame says it: a reader then makes room once.
  const options = { ...fast, pledgedSrcSize: data.length }
  if (data.length > SYNC_BYTES) return compressAsync(data, { ...options, chunkSize: CHUNK_BYTES })
  const room = buffers.borrow(compressedAtMost(data.length))
  const bytes = compressing.run(data, room)
  return bytes === undefined ? zstdCompressSync(data, { ...options, chunkSize: room.length }) : room.subarray(0, bytes)
}

/** ZSTD_compressBound(). With so much room zstd reads the data where they are; with less it copies them first, which takes half as long again. */
function compressedAtMost(bytes: number): number {
  return bytes + (bytes >> 8) + FRAME_BYTES
}

/** node:zlib ends silently after the first frame; a zstd stream may have several (RFC 8878, section 3). */
export async function decompressZstd(data: Buffer, maxBytes: number): Promise<Buffer> {
  const out: Buffer[] = []
  let left = maxBytes
  for (const frame of framesOf(data)) {
    if (left <= 0) throw new Error('zstd: the data inflates beyond the bound')
    const piece = await inflate(frame, left)
    left -= piece.length
    out.push(piece)
  }
  const [only] = out
  return only !== undefined && out.length === 1 ? only : Buffer.concat(out)
}

interface Frame {
  readonly bytes: Buffer
  /** What the frame's header says; null when it does not, as a streaming writer does not know. */
  readonly contentBytes: number | null
}

function inflate({ bytes, contentBytes }: Frame, maxBytes: number): Promise<Buffer> {
  // Room for all of it in one piece, and a little more, or zlib would look for another.
  const room = contentBytes === null ? Math.max(bytes.length * 8, CHUNK_BYTES) : contentBytes + FRAME_BYTES
  const chunkSize = Math.min(room, SYNC_BYTES)
  const options = { maxOutputLength: maxBytes, chunkSize }
  if (contentBytes === null || contentBytes > SYNC_BYTES) return decompressAsync(bytes, options)
  return Promise.resolve(inflateAtOnce(bytes, contentBytes, maxBytes) ?? zstdDecompressSync(bytes, options))
}

/** Undefined when it does not give what its header says. */
function inflateAtOnce(frame: Buffer, contentBytes: number, maxBytes: number): Buffer | undefined {
  if (contentBytes > maxBytes) return undefined
  const room = Buffer.allocUnsafe(contentBytes + FRAME_BYTES)
  const bytes = decompressing.run(frame, room)
  if (bytes === contentBytes) return room.subarray(0, bytes)
  decompressing.close()
  return undefined
}

function* framesOf(data: Buffer): Generator<Frame> {
  let at = 0
  do {
    const magic = data.length - at >= 8 ? data.readUInt32LE(at) : 0
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) at += 8 + data.readUInt32LE(at + 4)
    else if (magic !== FRAME_MAGIC) throw new Error('zstd: not a zstd frame')
    else {
      const header = readHeader(data, at)
      const end = endOfFrame(data, header)
      yield { bytes: data.subarray(at, end), contentBytes: header.contentBytes }
      at = end
    }
  } while (at < data.length)
}

interface FrameHeader {
  readonly firstBlockAt: number
  readonly contentBytes: number | null
  readonly hasChecksum: boolean
}

function readHeader(data: Buffer, start: number): FrameHeader {
  const descriptor = data.readUInt8(start + 4)
  const singleSegment = (descriptor & 0x20) !== 0
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const sizeAt = start + 5 + (singleSegment ? 0 : 1) + dictionaryIdBytes
  return {
    firstBlockAt: sizeAt + sizeBytes,
    contentBytes: readContentBytes(data, sizeAt, sizeBytes),
    hasChecksum: (descriptor & 0x04) !== 0,
  }
}

function readContentBytes(data: Buffer, at: number, sizeBytes: number): number | null {
  if (sizeBytes === 0) return null
  if (sizeBytes === 8) return Number(data.readBigUInt64LE(at))
  return data.readUIntLE(at, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
}

/** Steps over the blocks by their headers. */
function endOfFrame(data: Buffer, { firstBlockAt, hasChecksum }: FrameHeader): number {
  let at = firstBlockAt
  for (let last = false; !last;) {
    const header = data.readUIntLE(at, 3)
    last = (header & 1) !== 0
    at += 3 + (((header >> 1) & 3) === RLE_BLOCK ? 1 : header >> 3)
  }
  return at + (hasChecksum ? 4 : 0)
}
