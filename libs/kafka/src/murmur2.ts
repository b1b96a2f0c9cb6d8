/** Kafka's default partitioner (Java Utils.murmur2 and toPositive), in 32-bit arithmetic. */
export function partitionOf(key: string | Buffer, partitions: number): number {
  return (murmur2(typeof key === 'string' ? Buffer.from(key) : key) & 0x7fffffff) % partitions
}

const M = 0x5bd1e995

function murmur2(data: Buffer): number {
  const length = data.length
  const whole = length & ~3
  let h = 0x9747b28c ^ length
  for (let at = 0; at < whole; at += 4) {
    let k = Math.imul(data.readInt32LE(at), M)
    k = Math.imul(k ^ (k >>> 24), M)
    h = Math.imul(h, M) ^ k
  }
  const rest = length - whole
  if (rest >= 3) h ^= data.readUInt8(whole + 2) << 16
  if (rest >= 2) h ^= data.readUInt8(whole + 1) << 8
  if (rest >= 1) h = Math.imul(h ^ data.readUInt8(whole), M)
  h = Math.imul(h ^ (h >>> 13), M)
  return h ^ (h >>> 15)
}
