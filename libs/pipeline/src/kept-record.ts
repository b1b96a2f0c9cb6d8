import type { KeptHeader } from '@pegel/contracts'
import type { KafkaRecord } from '@pegel/kafka'

/** A record of Kafka as dead letters and parked records keep it: all of it, so that it can be tried again though retention has removed it. */
export interface KeptRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array
  readonly headers: readonly KeptHeader[]
}

const NOTHING = Buffer.alloc(0)

/** A record without a value is kept with an empty one. */
export function keepRecord(record: KafkaRecord): KeptRecord {
  const { topic, partition, offset, timestampMs, key, value, headers } = record
  return {
    ...{ topic, partition, offset, timestampMs, key, value: value ?? NOTHING },
    headers: Object.entries(headers).map(([name, view]): KeptHeader => ({ key: name, value: view })),
  }
}

/** The record as it was read first. */
export function keptRecord(kept: KeptRecord): KafkaRecord {
  const { topic, partition, offset, timestampMs, key, value, headers } = kept
  return {
    ...{ topic, partition, offset, timestampMs },
    key: key === null ? null : bytes(key),
    value: bytes(value),
    headers: Object.fromEntries(headers.map((header) => [header.key, bytes(header.value)])),
  }
}

/** The same memory as a Buffer. */
function bytes(view: Uint8Array): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.length)
}
