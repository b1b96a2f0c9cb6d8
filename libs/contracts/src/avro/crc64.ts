/** CRC-64-AVRO (Avro 1.12 specification, "Schema Fingerprints"): Rabin fingerprint, initial value = polynomial. */
const EMPTY = 0xc15d213aa4d7a795n

const TABLE = Array.from({ length: 256 }, (_, index) => {
  let crc = BigInt(index)
  for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (EMPTY & -(crc & 1n))
  return BigInt.asUintN(64, crc)
})

/** Unsigned 64-bit. BigInt is fast enough: it runs once per schema. */
export function crc64Avro(bytes: Uint8Array): bigint {
  let crc = EMPTY
  for (const byte of bytes) crc = (crc >> 8n) ^ (TABLE[Number((crc ^ BigInt(byte)) & 0xffn)] ?? 0n)
  return crc
}
