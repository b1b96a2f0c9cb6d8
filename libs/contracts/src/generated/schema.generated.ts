// Made by `npm run generate` from schemas/schema.v1.avsc; do not edit.

/** An Avro schema that records in Kafka are written with. Key: the fingerprint. */
export interface Schema {
  /** CRC-64-AVRO of the Parsing Canonical Form, 16 hexadecimal digits, most significant first. */
  readonly fingerprint: string
  /** Full name of the record. */
  readonly name: string
  /** The schema as JSON. */
  readonly schema: string
  /** ms since the Unix epoch. */
  readonly publishedAtMs: number
}

export const SCHEMA_SCHEMA = {
  name: "Schema",
  fullName: "pegel.v1.Schema",
  fingerprint: "3a9734464afbedaa",
  json: "{\"type\":\"record\",\"name\":\"Schema\",\"namespace\":\"pegel.v1\",\"doc\":\"An Avro schema that records in Kafka are written with. Key: the fingerprint.\",\"fields\":[{\"name\":\"fingerprint\",\"type\":\"string\",\"doc\":\"CRC-64-AVRO of the Parsing Canonical Form, 16 hexadecimal digits, most significant first.\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Full name of the record.\"},{\"name\":\"schema\",\"type\":\"string\",\"doc\":\"The schema as JSON.\"},{\"name\":\"publishedAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\",\"default\":0}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
