/** A value of an OpenTelemetry attribute. A bigint is a 64-bit integer; null and undefined are the empty value. */
export type AttributeValue =
  | string
  | boolean
  | number
  | bigint
  | Uint8Array
  | null
  | undefined
  | readonly AttributeValue[]
  | ReadonlyMap<string, AttributeValue>

/**
 * An attribute value as the string that stands in a record: OpenTelemetry specification, common concepts, "AnyValue representation
 * for non-OTLP protocols", to which its Prometheus compatibility page refers. A map's keys are sorted, since maps are
 * equal in any order and a series' identity must not depend on it.
 */
export function attributeValueToString(value: AttributeValue): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (value instanceof Uint8Array) return base64(value)
  return typeof value === 'object' ? nested(value) : String(value)
}

/** Inside an array or map, by the rules of JSON; what JSON cannot hold is a JSON string. */
function nested(value: AttributeValue): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`
  if (value instanceof Uint8Array) return `"${base64(value)}"`
  if (typeof value !== 'object') return String(value)
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, AttributeValue>)].sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${nested(member)}`).join(',')}}`
  }
  return `[${(value as readonly AttributeValue[]).map(nested).join(',')}]`
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}
