import { promisify } from 'node:util'
import { gzip as gzipCallback } from 'node:zlib'
import { LineGzip } from './line-gzip.ts'
import type { LinePlaces } from './line-gzip.ts'

const gzip = promisify(gzipCallback)

/** Makes the body of a request of some lines, ascending: one gzip member, in memory of its own. */
export type Packer = (places: LinePlaces, lines: readonly number[]) => Promise<Buffer>

/** Level 1 is Pegel's own, which is made for lines; all others are zlib's. */
export function createPacker(level: number): Packer {
  if (level !== 1) return (places, lines) => gzip(places.gather(lines), { level })
  const lineGzip = new LineGzip()
  return (places, lines) => Promise.resolve(lineGzip.pack(places, lines))
}
