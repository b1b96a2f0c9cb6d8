// Made by `npm run generate` from schemas/sink-state.v1.avsc; do not edit.

export interface SinkStateMark {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly part: number
}

/** The running total of one delta series at a sink that needs cumulative values. Key: sink/tenant/fingerprint. */
export interface SinkState {
  readonly sink: string
  readonly tenant: string
  /** 16 hexadecimal digits. */
  readonly fingerprint: string
  /** Of the whole identity: series that share a fingerprint are told apart by it. */
  readonly digest: string
  /** What the values are: number, or a histogram's bounds. */
  readonly shape: string
  /** The number; or count, sum and buckets. */
  readonly values: readonly number[]
  /** Time of the last increment, ms since the Unix epoch. */
  readonly lastTimeMs: number
  /** Nanoseconds within it. */
  readonly lastTimeNs: number
  /** Which source records the total holds: all up to these. */
  readonly marks: readonly SinkStateMark[]
}

export const SINK_STATE_SCHEMA = {
  name: "SinkState",
  fullName: "pegel.v1.SinkState",
  fingerprint: "ae19046ad41b96c3",
  json: "{\"type\":\"record\",\"name\":\"SinkState\",\"namespace\":\"pegel.v1\",\"doc\":\"The running total of one delta series at a sink that needs cumulative values. Key: sink/tenant/fingerprint.\",\"fields\":[{\"name\":\"sink\",\"type\":\"string\"},{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"fingerprint\",\"type\":\"string\",\"doc\":\"16 hexadecimal digits.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"Of the whole identity: series that share a fingerprint are told apart by it.\"},{\"name\":\"shape\",\"type\":\"string\",\"doc\":\"What the values are: number, or a histogram's bounds.\"},{\"name\":\"values\",\"type\":{\"type\":\"array\",\"items\":\"double\"},\"doc\":\"The number; or count, sum and buckets.\"},{\"name\":\"lastTimeMs\",\"type\":\"long\",\"doc\":\"Time of the last increment, ms since the Unix epoch.\"},{\"name\":\"lastTimeNs\",\"type\":\"int\",\"doc\":\"Nanoseconds within it.\",\"default\":0},{\"name\":\"marks\",\"doc\":\"Which source records the total holds: all up to these.\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"SinkStateMark\",\"fields\":[{\"name\":\"topic\",\"type\":\"string\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"part\",\"type\":\"int\",\"default\":0}]}}}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
