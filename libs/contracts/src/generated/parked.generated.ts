// Made by `npm run generate` from schemas/parked.v1.avsc; do not edit.

export interface RecordHeader {
  readonly key: string
  readonly value: Uint8Array
}

/** A source record of a parked lane (sink, tenant), unchanged, to be delivered when the lane's backend takes writes again; or, by its kind, what became of the lane. */
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
  /** record: a source record. fence: its owner writes here from now on, nobody else. stop: the lane waits until it is resumed. resume: by an operator. drained: the lane's records before `upTo` have their outcome. */
  readonly kind: string
  /** The assignment that wrote it; empty for an operator. */
  readonly owner: string
  /** Of the owner's fence: the highest one holds. */
  readonly seq: number
  /** stop: what was refused, a reason. resume: reasons that may become dead letters until the lane is drained, by comma. */
  readonly detail: string
  /** record: its points. drained: points still parked. */
  readonly points: number
  /** drained: records still parked; none ends the parking. */
  readonly records: number
  /** drained: bytes still parked, of source values. */
  readonly sizeBytes: number
  /** drained: an offset of this partition of the parked topic. */
  readonly upTo: number
}

export const PARKED_SCHEMA = {
  name: "Parked",
  fullName: "pegel.v1.Parked",
  fingerprint: "347c5e1e51eaf7b9",
  json: "{\"type\":\"record\",\"name\":\"Parked\",\"namespace\":\"pegel.v1\",\"doc\":\"A source record of a parked lane (sink, tenant), unchanged, to be delivered when the lane's backend takes writes again; or, by its kind, what became of the lane.\",\"fields\":[{\"name\":\"sink\",\"type\":\"string\"},{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Where the source record is.\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"timestampMs\",\"type\":\"long\",\"doc\":\"LogAppendTime of the source record, ms since the Unix epoch.\"},{\"name\":\"key\",\"type\":[\"null\",\"bytes\"],\"default\":null},{\"name\":\"value\",\"type\":\"bytes\"},{\"name\":\"headers\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RecordHeader\",\"fields\":[{\"name\":\"key\",\"type\":\"string\"},{\"name\":\"value\",\"type\":\"bytes\"}]}},\"default\":[]},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code.\",\"default\":\"\"},{\"name\":\"parkedAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\",\"default\":0},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"record: a source record. fence: its owner writes here from now on, nobody else. stop: the lane waits until it is resumed. resume: by an operator. drained: the lane's records before `upTo` have their outcome.\",\"default\":\"record\"},{\"name\":\"owner\",\"type\":\"string\",\"doc\":\"The assignment that wrote it; empty for an operator.\",\"default\":\"\"},{\"name\":\"seq\",\"type\":\"long\",\"doc\":\"Of the owner's fence: the highest one holds.\",\"default\":0},{\"name\":\"detail\",\"type\":\"string\",\"doc\":\"stop: what was refused, a reason. resume: reasons that may become dead letters until the lane is drained, by comma.\",\"default\":\"\"},{\"name\":\"points\",\"type\":\"long\",\"doc\":\"record: its points. drained: points still parked.\",\"default\":0},{\"name\":\"records\",\"type\":\"long\",\"doc\":\"drained: records still parked; none ends the parking.\",\"default\":0},{\"name\":\"sizeBytes\",\"type\":\"long\",\"doc\":\"drained: bytes still parked, of source values.\",\"default\":0},{\"name\":\"upTo\",\"type\":\"long\",\"doc\":\"drained: an offset of this partition of the parked topic.\",\"default\":-1}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {
    "9f7404e554f22172": "{\"type\":\"record\",\"name\":\"Parked\",\"namespace\":\"pegel.v1\",\"doc\":\"A source record of a parked lane (sink, tenant), unchanged, to be delivered when the lane resumes.\",\"fields\":[{\"name\":\"sink\",\"type\":\"string\"},{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"topic\",\"type\":\"string\",\"doc\":\"Where the source record is.\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"timestampMs\",\"type\":\"long\",\"doc\":\"LogAppendTime of the source record, ms since the Unix epoch.\"},{\"name\":\"key\",\"type\":[\"null\",\"bytes\"],\"default\":null},{\"name\":\"value\",\"type\":\"bytes\"},{\"name\":\"headers\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"RecordHeader\",\"fields\":[{\"name\":\"key\",\"type\":\"string\"},{\"name\":\"value\",\"type\":\"bytes\"}]}},\"default\":[]},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code.\",\"default\":\"\"},{\"name\":\"parkedAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\",\"default\":0}]}",
  } as Readonly<Record<string, string>>,
} as const
