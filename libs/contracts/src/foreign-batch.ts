import { typeOf } from './avro/types.ts'
import { resolveFrame } from './avro/resolve.ts'
import { contractErrors } from './errors.ts'
import type { SchemaLookup } from './schema-lookup.ts'

/**
 * A batch of another schema as the unframed bytes of the current one, by Avro's schema resolution. Slow next to the
 * direct reader: it is for producers that are older, newer or foreign.
 * @throws contracts.decode_failed, contracts.unknown_schema (retryable), contracts.incompatible_schema
 */
export function translateBatch(value: Uint8Array, lookup: SchemaLookup | undefined): Uint8Array {
  const decoded = resolveFrame('MetricBatch', value, lookup)
  try {
    return typeOf('MetricBatch').toBuffer(decoded)
  } catch (error) {
    throw contractErrors.decode_failed(
      { record: 'MetricBatch', problem: 'a value that the schema does not allow' },
      error,
    )
  }
}
