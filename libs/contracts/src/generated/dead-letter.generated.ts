// Made by `npm run generate` from schemas/dead-letter.v1.avsc; do not edit.

export interface DeadLetterRefusal {
  /** Index of the point in the source record; -1 for the whole record. */
  readonly point: number
  /** Stable snake_case code. */
  readonly reason: string
  /** What the backend or the reader said. */
  readonly message: string
}

export interface RecordHeader {
  readonly key: string
  readonly value: Uint8Array
}

/** A source record of which something was refused for good: its original value once, and what was refused why; or, with `settled`, that the letter of that record needs nobody any more. The newest per (stage, sink, topic, partition, offset) holds. */
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
  /** LogAppendTime of the source record, ms since the Unix epoch; 0 when not known. */
  readonly timestampMs: number
  /** Of the source record. */
  readonly headers: readonly RecordHeader[]
  /** Empty in a letter. replayed: all of it is stored now, or needs no write. dropped: by an operator, for good. Then value, headers and refusals are empty. */
  readonly settled: string
  /** The replay that wrote this; empty when the record came on its first way. */
  readonly replayId: string
}

export const DEAD_LETTER_SCHEMA = {
  name: "DeadLetter",
  fullName: "pegel.v1.DeadLetter",
  fingerprint: "ac6ed35134a886b2",
  json: "{\"type\":\"record\",\"name\":\"DeadLetter\",\"namespace\":\"pegel.v1\",\"doc\":\"A source record of which something was refused for good: its original value once, and what was refused why; or, with `settled`, that the letter of that record needs nobody any more. The newest per (stage, sink, topic, partition, offset) holds.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\",\"doc\":\"`pegel` when the record names no tenant that can be believed.\"},{\"name\":\"stage\",\"type\":\"string\",\"doc\":\"enricher or sink.\"},{\"name\":\"sink\",\"type\":\"string\",\"doc\":\"Empty at the enricher.\",\"default\":\"\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Where the source record is.\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"key\",\"type\":[\"null\",\"bytes\"],\"default\":null},{\"name\":\"value\",\"type\":\"bytes\",\"doc\":\"Of the source record, unchanged.\"},{\"name\":\"refusals\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"DeadLetterRefusal\",\"fields\":[{\"name\":\"point\",\"type\":\"int\",\"doc\":\"Index of the point in the source record; -1 for the whole record.\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"What the backend or the reader said.\",\"default\":\"\"}]}},\"default\":[]},{\"name\":\"failedAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\",\"default\":0},{\"name\":\"timestampMs\",\"type\":\"long\",\"doc\":\"LogAppendTime of the source record, ms since the Unix epoch; 0 when not known.\",\"default\":0},{\"name\":\"headers\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RecordHeader\",\"fields\":[{\"name\":\"key\",\"type\":\"string\"},{\"name\":\"value\",\"type\":\"bytes\"}]}},\"doc\":\"Of the source record.\",\"default\":[]},{\"name\":\"settled\",\"type\":\"string\",\"doc\":\"Empty in a letter. replayed: all of it is stored now, or needs no write. dropped: by an operator, for good. Then value, headers and refusals are empty.\",\"default\":\"\"},{\"name\":\"replayId\",\"type\":\"string\",\"doc\":\"The replay that wrote this; empty when the record came on its first way.\",\"default\":\"\"}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {
    "1d0446f760c1a598": "{\"type\":\"record\",\"name\":\"DeadLetter\",\"namespace\":\"pegel.v1\",\"doc\":\"A source record of which something was refused for good: its original value once, and what was refused why.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\",\"doc\":\"`pegel` when the record names no tenant that can be believed.\"},{\"name\":\"stage\",\"type\":\"string\",\"doc\":\"enricher or sink.\"},{\"name\":\"sink\",\"type\":\"string\",\"doc\":\"Empty at the enricher.\",\"default\":\"\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Where the source record is.\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"key\",\"type\":[\"null\",\"bytes\"],\"default\":null},{\"name\":\"value\",\"type\":\"bytes\",\"doc\":\"Of the source record, unchanged.\"},{\"name\":\"refusals\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"DeadLetterRefusal\",\"fields\":[{\"name\":\"point\",\"type\":\"int\",\"doc\":\"Index of the point in the source record; -1 for the whole record.\"},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"What the backend or the reader said.\",\"default\":\"\"}]}},\"default\":[]},{\"name\":\"failedAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\",\"default\":0}]}",
  } as Readonly<Record<string, string>>,
} as const
