import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { messageOf } from '@pegel/errors'
import { gatewayErrors } from '../../errors.ts'
import { unpackSnappy } from './snappy.ts'

/** Names of Content-Encoding that are understood. */
export type ContentEncoding = 'identity' | 'gzip' | 'deflate' | 'zstd' | 'snappy'

/** Those that an endpoint takes unless it says otherwise. */
export const USUAL_ENCODINGS: readonly ContentEncoding[] = ['gzip', 'zstd', 'deflate', 'identity']

type Unpacker = (
  body: Buffer,
  options: { readonly maxOutputLength: number; readonly chunkSize: number },
) => Promise<Buffer>

const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)
const inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate)
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw)
const zstd = promisify<Buffer, zlib.ZstdOptions, Buffer>(zlib.zstdDecompress)

/** `deflate` means zlib's format (RFC 9110), yet some clients send the bare stream: the first two bytes tell. */
const ZLIB_CHECK = 31
const UNPACKERS: Readonly<Record<Exclude<ContentEncoding, 'identity'>, Unpacker>> = {
  gzip: gunzip,
  deflate: (body, options) => {
    const isZlib = body.length >= 2 && ((body[0] ?? 0) & 15) === 8 && body.readUInt16BE(0) % ZLIB_CHECK === 0
    return isZlib ? inflate(body, options) : inflateRaw(body, options)
  },
  zstd,
  snappy: unpackSnappy,
}

/** The coding of a Content-Encoding header; undefined when it is unknown or more than one. */
export function contentEncodingOf(header: string | undefined): ContentEncoding | undefined {
  const name = (header ?? '').trim().toLowerCase()
  if (name === '' || name === 'identity') return 'identity'
  if (name === 'x-gzip') return 'gzip'
  return name === 'gzip' || name === 'deflate' || name === 'zstd' || name === 'snappy' ? name : undefined
}

/**
 * How much is unpacked at a time, bytes. After every piece zlib waits for its turn on the event loop, which costs milliseconds in a busy
 * process: at the default of 16 KiB a body of 16 MiB waits for a thousand of them, whatever it was packed from. Metrics pack
 * about eightfold, so that most are unpacked in a piece or two, and what packs better, such as a bomb, in some 130 of them at most (of 16 MiB).
 */
const USUAL_RATIO = 8
const MAX_PIECE_BYTES = 1024 * 1024
/** Deflate packs a thousandfold at most; a few bytes of zstd may be anything, in blocks of 128 KiB. */
const MIN_PIECE_BYTES: Readonly<Partial<Record<ContentEncoding, number>>> = { zstd: 128 * 1024 }
const USUAL_MIN_PIECE_BYTES = 16 * 1024

function pieceBytes(encoding: ContentEncoding, packedBytes: number): number {
  const least = MIN_PIECE_BYTES[encoding] ?? USUAL_MIN_PIECE_BYTES
  return Math.max(least, Math.min(MAX_PIECE_BYTES, packedBytes * USUAL_RATIO))
}

export interface UnpackOptions {
  readonly encoding: ContentEncoding
  readonly maxBytes: number
  readonly tenant: string
}

/**
 * Unpacks a body and stops as soon as it grows beyond maxBytes, so that a few bytes cannot become gigabytes.
 * @throws gatewayErrors.body_too_large, body_not_unpacked
 */
export async function unpack(body: Buffer, { encoding, maxBytes, tenant }: UnpackOptions): Promise<Buffer> {
  if (encoding === 'identity') return body
  try {
    return await UNPACKERS[encoding](body, { maxOutputLength: maxBytes, chunkSize: pieceBytes(encoding, body.length) })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw gatewayErrors.body_too_large({ maxBytes, tenant, unpacked: ' unpacked' })
    throw gatewayErrors.body_not_unpacked({ encoding, problem: messageOf(error) }, error)
  }
}
