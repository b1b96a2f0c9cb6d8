import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const RLE_BLOCK = 1

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)
// Level 1: higher levels cost a multiple in CPU for a few per cent on columns of doubles.
const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

export function compressZstd(data: Buffer): Promise<Buffer> {
  return compress(data, fast)
}

/** node:zlib ends silently after the first frame; a zstd stream may have several (RFC 8878, section 3). */
export async function decompressZstd(data: Buffer, maxBytes: number): Promise<Buffer> {
  const out: Buffer[] = []
  let left = maxBytes
  for (const frame of framesOf(data)) {
    if (left <= 0) throw new Error('zstd: the data inflates beyond the bound')
    const piece = await decompress(frame, { maxOutputLength: left })
    left -= piece.length
    out.push(piece)
  }
  const [only] = out
  return only !== undefined && out.length === 1 ? only : Buffer.concat(out)
}

function* framesOf(data: Buffer): Generator<Buffer> {
  let at = 0
  do {
    const magic = data.length - at >= 8 ? data.readUInt32LE(at) : 0
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) at += 8 + data.readUInt32LE(at + 4)
    else if (magic !== FRAME_MAGIC) throw new Error('zstd: not a zstd frame')
    else {
      const end = endOfFrame(data, at)
      yield data.subarray(at, end)
      at = end
    }
  } while (at < data.length)
}

/** Steps over the blocks by their headers. */
function endOfFrame(data: Buffer, start: number): number {
  const descriptor = data.readUInt8(start + 4)
  const singleSegment = (descriptor & 0x20) !== 0
  const contentSizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  let at = start + 5 + (singleSegment ? 0 : 1) + dictionaryIdBytes + contentSizeBytes
  for (let last = false; !last;) {
    const header = data.readUIntLE(at, 3)
    last = (header & 1) !== 0
    at += 3 + (((header >> 1) & 3) === RLE_BLOCK ? 1 : header >> 3)
  }
  return at + ((descriptor & 0x04) !== 0 ? 4 : 0)
}
