import { SYMBOLS } from './symbols.ts'
import type { Symbol2 } from './symbols.ts'

/** Where the texts of an encoded list of prompb.Labels stand, and what stands behind the list. */
interface ReadLabels {
  readonly symbols: readonly Symbol2[]
  readonly end: number
}

/** Names and values of labels that this sink has encoded (label-bytes.ts), up to the first field that is none. */
export function symbolsOf(bytes: Buffer): ReadLabels {
  const symbols: Symbol2[] = []
  const reader = { bytes, at: 0 }
  while (reader.at < bytes.length && bytes[reader.at] === LABEL) {
    reader.at += 1
    readSize(reader)
    symbols.push(readText(reader), readText(reader))
  }
  return { symbols, end: reader.at }
}

const LABEL = 0x0a

interface Reader {
  readonly bytes: Buffer
  at: number
}

function readText(reader: Reader): Symbol2 {
  reader.at += 1
  const size = readSize(reader)
  const text = reader.bytes.toString('utf8', reader.at, reader.at + size)
  reader.at += size
  return SYMBOLS.intern(text)
}

function readSize(reader: Reader): number {
  let size = 0
  for (let shift = 0; ; shift += 7) {
    const byte = reader.bytes[reader.at++] ?? 0
    size += (byte & 127) * 2 ** shift
    if (byte < 128) return size
  }
}
