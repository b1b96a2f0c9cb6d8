import { compress, uncompress } from 'snappy'

/**
 * Snappy as Kafka's Java clients write it: the framing of xerial's SnappyOutputStream around raw blocks,
 * `82 S N A P P Y 00 | version | oldest reader | (length | block)*`, integers big-endian. librdkafka and others write one
 * raw block without a frame, so both are read.
 */
const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00])
const HEADER_BYTES = MAGIC.length + 8
const BLOCK_BYTES = 64 * 1024

export async function compressSnappy(data: Buffer): Promise<Buffer> {
  const header = Buffer.alloc(HEADER_BYTES)
  MAGIC.copy(header)
  header.writeInt32BE(1, MAGIC.length)
  header.writeInt32BE(1, MAGIC.length + 4)
  const out: Buffer[] = [header]
  for (let at = 0; at < data.length; at += BLOCK_BYTES) {
    const block = await compress(data.subarray(at, at + BLOCK_BYTES))
    const length = Buffer.alloc(4)
    length.writeInt32BE(block.length)
    out.push(length, block)
  }
  return Buffer.concat(out)
}

export async function decompressSnappy(data: Buffer, maxBytes: number): Promise<Buffer> {
  const budget = { left: maxBytes }
  if (data.length < HEADER_BYTES || !data.subarray(0, MAGIC.length).equals(MAGIC)) return inflate(data, budget)
  const out: Buffer[] = []
  let at = HEADER_BYTES
  while (at < data.length) {
    if (at + 4 > data.length) throw new Error('snappy: a block length is cut off')
    const length = data.readInt32BE(at)
    at += 4
    if (length <= 0 || at + length > data.length) throw new Error('snappy: a block is cut off')
    out.push(await inflate(data.subarray(at, at + length), budget))
    at += length
  }
  return Buffer.concat(out)
}

async function inflate(block: Buffer, budget: { left: number }): Promise<Buffer> {
  budget.left -= declaredBytes(block)
  if (budget.left < 0) throw new Error('snappy: the data inflates beyond the bound')
  return (await uncompress(block, { asBuffer: true })) as Buffer
}

/** A raw snappy block begins with its uncompressed length, a little-endian base-128 varint. */
function declaredBytes(block: Buffer): number {
  let value = 0
  for (let i = 0; i < 5; i++) {
    const byte = block[i]
    if (byte === undefined) break
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return value
  }
  throw new Error('snappy: no length at the start of a block')
}
