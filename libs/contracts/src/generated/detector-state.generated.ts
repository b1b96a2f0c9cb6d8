// Made by `npm run generate` from schemas/detector-state.v1.avsc; do not edit.

/** Where a series is heading. */
export interface OpenForecast {
  /** What it is about to cross. */
  readonly threshold: number
  /** True when it crosses from below. */
  readonly rising: boolean
  /** Most likely time of crossing, ms since the Unix epoch. */
  readonly atMs: number
  /** Early end of the interval; null when the model gives none. */
  readonly earliestMs: number | null
  /** Late end of the interval; null when it may never cross. */
  readonly latestMs: number | null
}

/** What began last on a derived value, and whether it goes on. */
export interface OpenAnomaly {
  /** anomaly, drift or forecast. */
  readonly kind: string
  readonly id: string
  readonly open: boolean
  /** Of the source record that opened it. */
  readonly offset: number
  readonly openedAtMs: number
  /** The highest since then. */
  readonly score: number
  readonly value: number | null
  readonly expected: number | null
  readonly lower: number | null
  readonly upper: number | null
  readonly reason: string
  /** That the derived value had seen when it opened. */
  readonly points: number
  /** Points in a row that speak for its end. */
  readonly calm: number
  /** Severity under which it stands in alerts; empty when it does not. */
  readonly alerted: string
  readonly alertName: string
  readonly watch: string
  readonly maintenance: boolean
  readonly groupId: string
  readonly groupStartMs: number
  readonly leaderId: string
  readonly leaderSeries: string
  readonly forecast: OpenForecast | null
}

export interface DerivedState {
  /** value, rate, p95 … */
  readonly name: string
  readonly detector: Uint8Array | null
  readonly drift: Uint8Array | null
  readonly forecast: Uint8Array | null
  /** Seen so far. */
  readonly points: number
  /** Looks ahead in a row that speak against what is said of the threshold. */
  readonly against: number
  readonly anomalies: readonly OpenAnomaly[]
}

/** What the detector knows of one series. Key: tenant/fingerprint; in the partition with the number of its input. */
export interface DetectorState {
  readonly tenant: string
  /** 16 hexadecimal digits. */
  readonly fingerprint: string
  /** Of the whole identity: series that share a fingerprint are told apart by it. */
  readonly digest: string
  readonly metric: string
  readonly unit: string
  readonly labels: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
  /** Source record in `metrics` that it holds, and all before it; -1 when it was learned elsewhere. */
  readonly offset: number
  /** Time of the last point, ms since the Unix epoch. */
  readonly lastTimeMs: number
  /** Nanoseconds within it. */
  readonly lastTimeNs: number
  /** Append time of the record that it came in. */
  readonly lastAppendMs: number
  /** Start of accumulation of the last point; 0 when unknown. */
  readonly startTimeMs: number
  /** What `previous` is: number, or a histogram's buckets; empty when there is none. */
  readonly shape: string
  /** The last cumulative point: the number; or count, sum and buckets. */
  readonly previous: readonly number[]
  /** Since when `pending` collects; 0 when it is empty. */
  readonly pendingSinceMs: number
  /** Observations of a histogram that wait until there are enough for a quantile: count, sum and buckets, shaped as `shape`. */
  readonly pending: readonly number[]
  /** Between its points, smoothed; 0 when unknown. */
  readonly intervalMs: number
  readonly values: readonly DerivedState[]
}

export const DETECTOR_STATE_SCHEMA = {
  name: "DetectorState",
  fullName: "pegel.v1.DetectorState",
  fingerprint: "757503c81afea360",
  json: "{\"type\":\"record\",\"name\":\"DetectorState\",\"namespace\":\"pegel.v1\",\"doc\":\"What the detector knows of one series. Key: tenant/fingerprint; in the partition with the number of its input.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"fingerprint\",\"type\":\"string\",\"doc\":\"16 hexadecimal digits.\"},{\"name\":\"digest\",\"type\":\"string\",\"doc\":\"Of the whole identity: series that share a fingerprint are told apart by it.\"},{\"name\":\"metric\",\"type\":\"string\"},{\"name\":\"unit\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"labels\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"default\":{}},{\"name\":\"resource\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"default\":{}},{\"name\":\"offset\",\"type\":\"long\",\"doc\":\"Source record in `metrics` that it holds, and all before it; -1 when it was learned elsewhere.\"},{\"name\":\"lastTimeMs\",\"type\":\"long\",\"doc\":\"Time of the last point, ms since the Unix epoch.\"},{\"name\":\"lastTimeNs\",\"type\":\"int\",\"doc\":\"Nanoseconds within it.\",\"default\":0},{\"name\":\"lastAppendMs\",\"type\":\"long\",\"doc\":\"Append time of the record that it came in.\",\"default\":0},{\"name\":\"startTimeMs\",\"type\":\"long\",\"doc\":\"Start of accumulation of the last point; 0 when unknown.\",\"default\":0},{\"name\":\"shape\",\"type\":\"string\",\"doc\":\"What `previous` is: number, or a histogram's buckets; empty when there is none.\",\"default\":\"\"},{\"name\":\"previous\",\"type\":{\"type\":\"array\",\"items\":\"double\"},\"doc\":\"The last cumulative point: the number; or count, sum and buckets.\",\"default\":[]},{\"name\":\"pendingSinceMs\",\"type\":\"long\",\"doc\":\"Since when `pending` collects; 0 when it is empty.\",\"default\":0},{\"name\":\"pending\",\"type\":{\"type\":\"array\",\"items\":\"double\"},\"doc\":\"Observations of a histogram that wait until there are enough for a quantile: count, sum and buckets, shaped as `shape`.\",\"default\":[]},{\"name\":\"intervalMs\",\"type\":\"double\",\"doc\":\"Between its points, smoothed; 0 when unknown.\",\"default\":0},{\"name\":\"values\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"DerivedState\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"value, rate, p95 …\"},{\"name\":\"detector\",\"type\":[\"null\",\"bytes\"],\"default\":null},{\"name\":\"drift\",\"type\":[\"null\",\"bytes\"],\"default\":null},{\"name\":\"forecast\",\"type\":[\"null\",\"bytes\"],\"default\":null},{\"name\":\"points\",\"type\":\"long\",\"doc\":\"Seen so far.\",\"default\":0},{\"name\":\"against\",\"type\":\"int\",\"doc\":\"Looks ahead in a row that speak against what is said of the threshold.\",\"default\":0},{\"name\":\"anomalies\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"OpenAnomaly\",\"doc\":\"What began last on a derived value, and whether it goes on.\",\"fields\":[{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"anomaly, drift or forecast.\"},{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"open\",\"type\":\"boolean\"},{\"name\":\"offset\",\"type\":\"long\",\"doc\":\"Of the source record that opened it.\"},{\"name\":\"openedAtMs\",\"type\":\"long\"},{\"name\":\"score\",\"type\":\"double\",\"doc\":\"The highest since then.\"},{\"name\":\"value\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"expected\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"lower\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"upper\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"reason\",\"type\":\"string\"},{\"name\":\"points\",\"type\":\"long\",\"doc\":\"That the derived value had seen when it opened.\"},{\"name\":\"calm\",\"type\":\"int\",\"doc\":\"Points in a row that speak for its end.\"},{\"name\":\"alerted\",\"type\":\"string\",\"doc\":\"Severity under which it stands in alerts; empty when it does not.\",\"default\":\"\"},{\"name\":\"alertName\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"watch\",\"type\":\"string\"},{\"name\":\"maintenance\",\"type\":\"boolean\",\"default\":false},{\"name\":\"groupId\",\"type\":\"string\"},{\"name\":\"groupStartMs\",\"type\":\"long\"},{\"name\":\"leaderId\",\"type\":\"string\"},{\"name\":\"leaderSeries\",\"type\":\"string\"},{\"name\":\"forecast\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"OpenForecast\",\"doc\":\"Where a series is heading.\",\"fields\":[{\"name\":\"threshold\",\"type\":\"double\",\"doc\":\"What it is about to cross.\"},{\"name\":\"rising\",\"type\":\"boolean\",\"doc\":\"True when it crosses from below.\"},{\"name\":\"atMs\",\"type\":\"long\",\"doc\":\"Most likely time of crossing, ms since the Unix epoch.\"},{\"name\":\"earliestMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Early end of the interval; null when the model gives none.\",\"default\":null},{\"name\":\"latestMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Late end of the interval; null when it may never cross.\",\"default\":null}]}],\"default\":null}]}},\"default\":[]}]}}}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
