// Made by `npm run generate` from schemas/dead-letter.v1.avsc; do not edit.

export interface DeadLetterRefusal {
  /** Index of the point in the source record; -1 for the whole record. */
  readonly point: number
  /** Stable snake_case code. */
  readonly reason: string
  /** What the backend or the reader said. */
  readonly message: string
}

/** A source record of which something was refused for good: its original value once, and what was refused why. */
export interface DeadLetter {
  /** `pegel` when the record names no tenant that can be believed. */
  readonly tenant: string
  /** enricher or sink. */
  readonly stage: string
  /** Empty at the enricher. */
  readonly sink: string
  /** Where the source record is. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: Uint8Array | null
  /** Of the source record, unchanged. */
  readonly value: Uint8Array
  readonly refusals: readonly DeadLetterRefusal[]
  /** ms since the Unix epoch. */
  readonly failedAtMs: number
}

export const DEAD_LETTER_SCHEMA = {
  name: "DeadLetter",
  fullName: "pegel.v1.DeadLetter",
  fingerprint: "1d0446f760c1a598",
  json: "{\"type\":\"record\",\"name\":\"DeadLetter\",\"namespace\":\"pegel.v1\",\"doc\":\"A source record of which something was refused for good: its original value once, and what was refused why.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\",\"doc\":\"`pegel` when the record names no tenant that can be believed.\"},{\"name\":\"stage\",\"type\":\"string\",\"doc\":\"enricher or sink.\"},{\"name\":\"sink\",\"type\":\"string\",\"doc\":\"Empty at the enricher.\",\"default\":\"\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Where the source record is.\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"key\",\"type\":[\"null\",\"bytes\"],\"default\":null},{\"name\":\"value\",\"type\":\"bytes\",\"doc\":\"Of the source record, unchanged.\"},{\"name\":\"refusals\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"DeadLetterRefusal\",\"fields\":[{\"name\":\"point\",\"type\":\"int\",\"doc\":\"Index of the point in the source record; -1 for the whole record.\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"What the backend or the reader said.\",\"default\":\"\"}]}},\"default\":[]},{\"name\":\"failedAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\",\"default\":0}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
