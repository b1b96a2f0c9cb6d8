// Made by `npm run generate` from schemas/anomaly.v1.avsc; do not edit.

export type AnomalyKind = 'anomaly' | 'drift' | 'forecast'

export type AnomalyStatus = 'opened' | 'resolved'

/** The anomaly of the group that began first. */
export interface FirstMover {
  readonly id: string
  /** As people write it: name{label="value"} and what of it is watched. */
  readonly series: string
  readonly openedAtMs: number
}

/** Where a series is heading. */
export interface AnomalyForecast {
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

/** Something that began or ended on one series of a tenant. Key: tenant. Records of one id and status are one event: readers keep the first. */
export interface Anomaly {
  readonly tenant: string
  /** Hash of tenant, fingerprint, derived value, kind and opening time: the same whenever it is written again. */
  readonly id: string
  readonly kind: AnomalyKind
  readonly status: AnomalyStatus
  /** Of the series, 16 hexadecimal digits. */
  readonly fingerprint: string
  /** The metric's name. */
  readonly metric: string
  /** What of it is watched: value, rate, p50, p95, p99, mean, distribution. */
  readonly derived: string
  /** Of the metric, UCUM. */
  readonly unit: string
  /** Point attributes, the tenant among them. */
  readonly labels: Readonly<Record<string, string>>
  /** Resource attributes. */
  readonly resource: Readonly<Record<string, string>>
  /** 0..1; 0.5 and above is a detection. Of the opening, and when it is resolved the highest since then. */
  readonly score: number
  /** At the time of this event; null where there is none. */
  readonly value: number | null
  /** What was expected at the opening. */
  readonly expected: number | null
  /** The range that would not have surprised at the opening. */
  readonly lower: number | null
  readonly upper: number | null
  /** One sentence for people. */
  readonly reason: string
  /** Time of the point that opened it, ms since the Unix epoch. */
  readonly openedAtMs: number
  /** Time of the point that ended it. */
  readonly resolvedAtMs: number | null
  /** Why it ended: back_in_range, new_normal, receded, crossed, stale, silent, evicted, unwatched; empty while it is open. */
  readonly resolution: string
  /** Anomalies of one tenant that began shortly after one another share it. */
  readonly groupId: string
  /** Null on the first mover itself. */
  readonly firstMover: FirstMover | null
  readonly forecast: AnomalyForecast | null
  /** Id of the selector in the tenant's file, or of a built-in one. */
  readonly watch: string
  /** True when it opened in a maintenance window: then there is no alert. */
  readonly maintenance: boolean
}

export const ANOMALY_SCHEMA = {
  name: "Anomaly",
  fullName: "pegel.v1.Anomaly",
  fingerprint: "8535847da1fb27d0",
  json: "{\"type\":\"record\",\"name\":\"Anomaly\",\"namespace\":\"pegel.v1\",\"doc\":\"Something that began or ended on one series of a tenant. Key: tenant. Records of one id and status are one event: readers keep the first.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"id\",\"type\":\"string\",\"doc\":\"Hash of tenant, fingerprint, derived value, kind and opening time: the same whenever it is written again.\"},{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"AnomalyKind\",\"symbols\":[\"anomaly\",\"drift\",\"forecast\"]}},{\"name\":\"status\",\"type\":{\"type\":\"enum\",\"name\":\"AnomalyStatus\",\"symbols\":[\"opened\",\"resolved\"]}},{\"name\":\"fingerprint\",\"type\":\"string\",\"doc\":\"Of the series, 16 hexadecimal digits.\"},{\"name\":\"metric\",\"type\":\"string\",\"doc\":\"The metric's name.\"},{\"name\":\"derived\",\"type\":\"string\",\"doc\":\"What of it is watched: value, rate, p50, p95, p99, mean, distribution.\"},{\"name\":\"unit\",\"type\":\"string\",\"doc\":\"Of the metric, UCUM.\",\"default\":\"\"},{\"name\":\"labels\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"Point attributes, the tenant among them.\"},{\"name\":\"resource\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"Resource attributes.\",\"default\":{}},{\"name\":\"score\",\"type\":\"double\",\"doc\":\"0..1; 0.5 and above is a detection. Of the opening, and when it is resolved the highest since then.\"},{\"name\":\"value\",\"type\":[\"null\",\"double\"],\"doc\":\"At the time of this event; null where there is none.\",\"default\":null},{\"name\":\"expected\",\"type\":[\"null\",\"double\"],\"doc\":\"What was expected at the opening.\",\"default\":null},{\"name\":\"lower\",\"type\":[\"null\",\"double\"],\"doc\":\"The range that would not have surprised at the opening.\",\"default\":null},{\"name\":\"upper\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"One sentence for people.\"},{\"name\":\"openedAtMs\",\"type\":\"long\",\"doc\":\"Time of the point that opened it, ms since the Unix epoch.\"},{\"name\":\"resolvedAtMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Time of the point that ended it.\",\"default\":null},{\"name\":\"resolution\",\"type\":\"string\",\"doc\":\"Why it ended: back_in_range, new_normal, receded, crossed, stale, silent, evicted, unwatched; empty while it is open.\",\"default\":\"\"},{\"name\":\"groupId\",\"type\":\"string\",\"doc\":\"Anomalies of one tenant that began shortly after one another share it.\"},{\"name\":\"firstMover\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"FirstMover\",\"doc\":\"The anomaly of the group that began first.\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"series\",\"type\":\"string\",\"doc\":\"As people write it: name{label=\\\"value\\\"} and what of it is watched.\"},{\"name\":\"openedAtMs\",\"type\":\"long\"}]}],\"doc\":\"Null on the first mover itself.\",\"default\":null},{\"name\":\"forecast\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"AnomalyForecast\",\"doc\":\"Where a series is heading.\",\"fields\":[{\"name\":\"threshold\",\"type\":\"double\",\"doc\":\"What it is about to cross.\"},{\"name\":\"rising\",\"type\":\"boolean\",\"doc\":\"True when it crosses from below.\"},{\"name\":\"atMs\",\"type\":\"long\",\"doc\":\"Most likely time of crossing, ms since the Unix epoch.\"},{\"name\":\"earliestMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Early end of the interval; null when the model gives none.\",\"default\":null},{\"name\":\"latestMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Late end of the interval; null when it may never cross.\",\"default\":null}]}],\"default\":null},{\"name\":\"watch\",\"type\":\"string\",\"doc\":\"Id of the selector in the tenant's file, or of a built-in one.\"},{\"name\":\"maintenance\",\"type\":\"boolean\",\"doc\":\"True when it opened in a maintenance window: then there is no alert.\",\"default\":false}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
