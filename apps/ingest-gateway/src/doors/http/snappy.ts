import { uncompress, uncompressSync } from 'snappy'

const MAX_LENGTH_BYTES = 5
/**
 * What unpacks to no more than this is unpacked at once: it takes a fraction of a millisecond, a tenth of what decoding it will. In another thread it takes
 * as long, and handing it over and back as long again; and malloc gives threads memory that the kernel has to clear each time.
 */
const AT_ONCE_BYTES = 1024 * 1024

/**
 * Unpacks a block of snappy (https://github.com/google/snappy/blob/main/format_description.txt). It begins with its unpacked length, which
 * is judged before anything is unpacked: a bomb costs nothing.
 * @throws with the code ERR_BUFFER_TOO_LARGE, as zlib does; an Error for what is no block
 */
export async function unpackSnappy(
  body: Buffer,
  { maxOutputLength }: { readonly maxOutputLength: number },
): Promise<Buffer> {
  const length = declaredLength(body)
  if (length > maxOutputLength) {
    throw Object.assign(new RangeError('larger than allowed'), { code: 'ERR_BUFFER_TOO_LARGE' })
  }
  // Options must be given: without asBuffer some versions take a text for granted.
  const options = { asBuffer: true }
  const unpacked = length <= AT_ONCE_BYTES ? uncompressSync(body, options) : await uncompress(body, options)
  return typeof unpacked === 'string' ? Buffer.from(unpacked) : unpacked
}

/** A varint of up to 32 bits. */
function declaredLength(body: Buffer): number {
  let length = 0
  for (let index = 0; index < MAX_LENGTH_BYTES; index++) {
    const byte = body[index]
    if (byte === undefined) throw new Error('it ends within its length')
    length += (byte & 127) * 2 ** (index * 7)
    if (byte < 128) return length
  }
  throw new Error('its length has more than 32 bits')
}
