import { varintSize, writeVarint } from './varint.ts'

/** Size of a length-delimited field with a one-byte tag. */
export function framed(length: number): number {
  return 1 + varintSize(length) + length
}

export function writeFramed(bytes: Buffer, offset: number, tag: number, content: Uint8Array): number {
  bytes[offset] = tag
  const at = writeVarint(bytes, offset + 1, content.length)
  bytes.set(content, at)
  return at + content.length
}
