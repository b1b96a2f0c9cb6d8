import { decodeRecord, encodeRecord, type SchemaLookup } from '@pegel/contracts'
import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import { kafkaErrors } from './errors.ts'
import type { KafkaPort, KafkaRecord } from './port.ts'

export const SCHEMA_TOPIC = 'pegel.schemas.v1'

/** A schema that a writer uses. */
export interface PublishedSchema {
  readonly name: string
  readonly json: string
  /** CRC-64-AVRO, 16 hexadecimal digits, most significant first. */
  readonly fingerprint: string
}

export interface SchemaStore extends SchemaLookup {
  /** The same as byFingerprint. */
  lookup(fingerprint: string): string | undefined
  /** Resolves when the topic holds all of them; writes only those that it does not hold yet. Call it before the first record. */
  publish(schemas: readonly PublishedSchema[]): Promise<void>
  /** Rejects with kafkaErrors.schema_unknown (retryable) after timeoutMs: the writer has not published it. */
  waitFor(fingerprint: string, timeoutMs: number): Promise<string>
  close(): Promise<void>
}

/** Resolves when everything in the topic has been read; later publications are followed. */
export async function createSchemaStore(kafka: KafkaPort, log: Logger): Promise<SchemaStore> {
  const schemas = new Map<string, string>()
  const waiting = new Map<string, Set<(schema: string) => void>>()
  const reader = await kafka.readAll(SCHEMA_TOPIC, (record) => {
    const found = read(record, log)
    if (found === null) return
    schemas.set(found.fingerprint, found.schema)
    for (const resolve of waiting.get(found.fingerprint) ?? []) resolve(found.schema)
    waiting.delete(found.fingerprint)
  })
  await reader.caughtUp
  const lookup = (fingerprint: string): string | undefined => schemas.get(fingerprint)
  return {
    lookup,
    byFingerprint: lookup,
    publish: (wanted) =>
      publish(
        kafka,
        wanted.filter(({ fingerprint }) => !schemas.has(fingerprint)),
      ),
    waitFor(fingerprint, timeoutMs) {
      const known = schemas.get(fingerprint)
      if (known !== undefined) return Promise.resolve(known)
      return new Promise((resolve, reject) => {
        const waiters = waiting.get(fingerprint) ?? new Set()
        waiting.set(fingerprint, waiters)
        const found = (schema: string): void => {
          clearTimeout(timer)
          resolve(schema)
        }
        const timer = setTimeout(() => {
          waiters.delete(found)
          reject(kafkaErrors.schema_unknown({ fingerprint, topic: SCHEMA_TOPIC, timeoutMs }))
        }, timeoutMs)
        waiters.add(found)
      })
    },
    close: () => reader.close(),
  }
}

async function publish(kafka: KafkaPort, schemas: readonly PublishedSchema[]): Promise<void> {
  if (schemas.length === 0) return
  const producer = kafka.producer()
  try {
    await producer.send(
      schemas.map(({ fingerprint, name, json }) => ({
        topic: SCHEMA_TOPIC,
        key: fingerprint,
        value: encodeRecord('Schema', { fingerprint, name, schema: json, publishedAtMs: Date.now() }),
      })),
    )
  } finally {
    await producer.close()
  }
}

/** One record that cannot be read must not hide the other schemas: those who need it wait and alarm. */
function read(record: KafkaRecord, log: Logger): { fingerprint: string; schema: string } | null {
  if (record.value === null) return null
  try {
    return decodeRecord('Schema', record.value)
  } catch (error) {
    log.error('a record of the schemas topic cannot be read', { offset: record.offset, error: messageOf(error) })
    return null
  }
}
