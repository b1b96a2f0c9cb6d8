import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import kafkajs from 'kafkajs'
import { compressLz4, decompressLz4 } from './lz4-codec.ts'
import { compressSnappy, decompressSnappy } from './snappy-codec.ts'
import { compressZstd, decompressZstd } from './zstd-codec.ts'

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/**
 * What one compressed record batch may inflate to. A batch is at most max.message.bytes on the wire, yet a hostile one
 * of 1 MiB can hold gigabytes of zeros; beyond this bound it is unreadable, and the consumer steps over it.
 */
export const MAX_INFLATED_BYTES = 64 * 1024 * 1024

interface Codec {
  compress(data: Buffer): Promise<Buffer>
  decompress(data: Buffer): Promise<Buffer>
  /** What they give is nobody else's, unless it is so small that it lies in Node's pool. */
  readonly ownsMemory?: boolean
}

const gzipAsync = promisify(gzip)
const gunzipAsync = promisify(gunzip)

const bounded = { maxOutputLength: MAX_INFLATED_BYTES }

const CODECS: Readonly<Record<Exclude<Compression, 'none'>, Codec>> = {
  gzip: {
    compress: (data) => gzipAsync(data, { level: 1 }),
    decompress: (data) => gunzipAsync(data, bounded),
  },
  snappy: {
    compress: compressSnappy,
    decompress: (data) => decompressSnappy(data, MAX_INFLATED_BYTES),
  },
  lz4: {
    compress: compressLz4,
    decompress: (data) => decompressLz4(data, MAX_INFLATED_BYTES),
  },
  zstd: {
    compress: compressZstd,
    decompress: (data) => decompressZstd(data, MAX_INFLATED_BYTES),
    ownsMemory: true,
  },
}

/** The codec bits of a record batch (kafka.apache.org/documentation, "Record Batch"). */
export const compressionType: Readonly<Record<Compression, number>> = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }

/** kafkajs knows gzip only, and that without a bound: all four are replaced, for the whole process. */
export function registerCodecs(): void {
  for (const [name, codec] of Object.entries(CODECS) as [Exclude<Compression, 'none'>, Codec][]) {
    const forKafkajs = {
      compress: (encoder: { readonly buffer: Buffer }) => codec.compress(encoder.buffer),
      decompress: (data: Buffer) => codec.decompress(data),
    }
    Object.assign(kafkajs.CompressionCodecs, { [compressionType[name]]: () => forKafkajs })
  }
}

/** @param type the codec bits of a record batch; null means that it is not compressed */
export function codecByType(type: number): Codec | null {
  if (type === 0) return null
  for (const [name, codec] of Object.entries(CODECS) as [Exclude<Compression, 'none'>, Codec][]) {
    if (compressionType[name] === type) return codec
  }
  throw new Error(`compression type ${type} is not known`)
}
