/** Bytes of a few small protobuf messages: the answers of OTLP/HTTP. */
export type Field = readonly [field: number, value: number | string | Buffer]

/** A message of varints, texts and embedded messages; zeros and empty ones are left out, as proto3 does. */
export function encodeMessage(fields: readonly Field[]): Buffer {
  const parts = fields.flatMap(([field, value]) => {
    if (typeof value === 'number') return value === 0 ? [] : [varint(field * 8), varint(value)]
    const bytes = Buffer.from(value)
    return bytes.length === 0 ? [] : [varint(field * 8 + 2), varint(bytes.length), bytes]
  })
  return Buffer.concat(parts)
}

/** Of a whole number up to 2^53. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
  return Buffer.from(bytes)
}
