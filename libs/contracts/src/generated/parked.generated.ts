// Made by `npm run generate` from schemas/parked.v1.avsc; do not edit.

export interface RecordHeader {
  readonly key: string
  readonly value: Uint8Array
}

/** A source record of a parked lane (sink, tenant), unchanged, to be delivered when the lane resumes. */
export interface Parked {
  readonly sink: string
  readonly tenant: string
  /** Where the source record is. */
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** LogAppendTime of the source record, ms since the Unix epoch. */
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array
  readonly headers: readonly RecordHeader[]
  /** Stable snake_case code. */
  readonly reason: string
  /** ms since the Unix epoch. */
  readonly parkedAtMs: number
}

export const PARKED_SCHEMA = {
  name: "Parked",
  fullName: "pegel.v1.Parked",
  fingerprint: "9f7404e554f22172",
  json: "{\"type\":\"record\",\"name\":\"Parked\",\"namespace\":\"pegel.v1\",\"doc\":\"A source record of a parked lane (sink, tenant), unchanged, to be delivered when the lane resumes.\",\"fields\":[{\"name\":\"sink\",\"type\":\"string\"},{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Where the source record is.\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"timestampMs\",\"type\":\"long\",\"doc\":\"LogAppendTime of the source record, ms since the Unix epoch.\"},{\"name\":\"key\",\"type\":[\"null\",\"bytes\"],\"default\":null},{\"name\":\"value\",\"type\":\"bytes\"},{\"name\":\"headers\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RecordHeader\",\"fields\":[{\"name\":\"key\",\"type\":\"string\"},{\"name\":\"value\",\"type\":\"bytes\"}]}},\"default\":[]},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code.\",\"default\":\"\"},{\"name\":\"parkedAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\",\"default\":0}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
