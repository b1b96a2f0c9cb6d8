import avro from 'avsc'
import type { AvroJson } from '../../libs/contracts/src/avro/canonical-form.ts'

/**
 * Why data of one schema could not be read by the other, in either direction; empty when they are FULL compatible. Checked by
 * Avro's own schema resolution, not by a list of allowed changes.
 */
export function incompatibilities(a: AvroJson, b: AvroJson): string[] {
  return [...unreadable(a, b, 'older data by the newer schema'), ...unreadable(b, a, 'newer data by the older schema')]
}

function unreadable(writer: AvroJson, reader: AvroJson, what: string): string[] {
  try {
    typeOf(reader).createResolver(typeOf(writer))
    return []
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : String(error)}`]
  }
}

function typeOf(schema: AvroJson): avro.Type {
  return avro.Type.forSchema(schema as avro.Schema)
}
