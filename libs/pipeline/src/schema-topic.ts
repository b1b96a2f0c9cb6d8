import { decodeRecord, encodeRecord, SCHEMAS } from '@pegel/contracts'
import type { SchemaLookup } from '@pegel/contracts'
import { messageOf } from '@pegel/errors'
import type { KafkaPort, Producer } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'

export const SCHEMA_TOPIC = 'pegel.schemas.v1'

/**
 * Publishes the schemas of everything that Pegel writes, for readers that do not have them. Call it before the first record is
 * produced; calling it again writes the same keys, which compaction folds.
 */
export async function publishSchemas(producer: Producer, now: () => number = Date.now): Promise<void> {
  await producer.send(
    Object.values(SCHEMAS).map(({ fingerprint, fullName, json }) => ({
      topic: SCHEMA_TOPIC,
      key: fingerprint,
      value: encodeRecord('Schema', { fingerprint, name: fullName, schema: json, publishedAtMs: now() }),
    })),
  )
}

export interface HostedSchemas {
  /** Grows as writers publish; a fingerprint that is not there yet is one to wait for. */
  readonly lookup: SchemaLookup
  readonly caughtUp: Promise<void>
  close(): Promise<void>
}

/** The schemas of other writers, kept current. */
export async function createSchemaLookup(options: {
  readonly kafka: KafkaPort
  readonly log: Logger
}): Promise<HostedSchemas> {
  const schemas = new Map<string, string>()
  const reader = await options.kafka.readAll(SCHEMA_TOPIC, (record) => {
    if (record.value === null) return
    try {
      const { fingerprint, schema } = decodeRecord('Schema', record.value)
      schemas.set(fingerprint, schema)
    } catch (error) {
      // Records that need it wait and are alarmed; the other schemas must not suffer.
      options.log.error('record of the schemas topic cannot be read', {
        offset: record.offset,
        error: messageOf(error),
      })
    }
  })
  reader.caughtUp.catch(() => undefined)
  return {
    lookup: { byFingerprint: (fingerprint) => schemas.get(fingerprint) },
    caughtUp: reader.caughtUp,
    close: () => reader.close(),
  }
}
