// Made by `npm run generate` from schemas/alert.v1.avsc; do not edit.

export type AlertStatus = 'firing' | 'resolved'

export type AlertSeverity = 'critical' | 'warning' | 'info' | 'security'

/** Where a series is heading. */
export interface AlertForecast {
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

/** What a detector saw. */
export interface AlertEvidence {
  /** name{label="value"} and what of it is watched. */
  readonly series: string
  readonly score: number
  readonly value: number | null
  readonly expected: number | null
  readonly lower: number | null
  readonly upper: number | null
  /** The series of the group that moved first; empty when it is this one. */
  readonly firstMover: string
  readonly forecast: AlertForecast | null
}

/** Something that a tenant wants acted on begins or ends. Key: tenant. Records of one id and status are one event: readers keep the first. */
export interface Alert {
  readonly tenant: string
  /** Deduplication: the firing and the resolved record share it. Unique within (tenant, source). */
  readonly id: string
  /** Who says so: anomaly-detector, gateway, alertmanager, watchdog. */
  readonly source: string
  readonly status: AlertStatus
  /** What routes match as alertname. */
  readonly name: string
  readonly severity: AlertSeverity
  /** What it is about, the tenant among them; routes, groups and silences match these and alertname, severity and source. */
  readonly labels: Readonly<Record<string, string>>
  /** For people: summary, description, runbook_url, and what the source knows besides. */
  readonly annotations: Readonly<Record<string, string>>
  /** ms since the Unix epoch. */
  readonly startsAtMs: number
  /** Null while it is firing. */
  readonly endsAtMs: number | null
  /** What the source found to belong together; empty when it does not know. */
  readonly groupId: string
  readonly evidence: AlertEvidence | null
  /** Where to look; empty when there is nothing. */
  readonly generatorUrl: string
}

export const ALERT_SCHEMA = {
  name: "Alert",
  fullName: "pegel.v1.Alert",
  fingerprint: "e7db966f66de9cb7",
  json: "{\"type\":\"record\",\"name\":\"Alert\",\"namespace\":\"pegel.v1\",\"doc\":\"Something that a tenant wants acted on begins or ends. Key: tenant. Records of one id and status are one event: readers keep the first.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"id\",\"type\":\"string\",\"doc\":\"Deduplication: the firing and the resolved record share it. Unique within (tenant, source).\"},{\"name\":\"source\",\"type\":\"string\",\"doc\":\"Who says so: anomaly-detector, gateway, alertmanager, watchdog.\"},{\"name\":\"status\",\"type\":{\"type\":\"enum\",\"name\":\"AlertStatus\",\"symbols\":[\"firing\",\"resolved\"]}},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"What routes match as alertname.\"},{\"name\":\"severity\",\"type\":{\"type\":\"enum\",\"name\":\"AlertSeverity\",\"symbols\":[\"critical\",\"warning\",\"info\",\"security\"]}},{\"name\":\"labels\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"What it is about, the tenant among them; routes, groups and silences match these and alertname, severity and source.\"},{\"name\":\"annotations\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"For people: summary, description, runbook_url, and what the source knows besides.\",\"default\":{}},{\"name\":\"startsAtMs\",\"type\":\"long\",\"doc\":\"ms since the Unix epoch.\"},{\"name\":\"endsAtMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Null while it is firing.\",\"default\":null},{\"name\":\"groupId\",\"type\":\"string\",\"doc\":\"What the source found to belong together; empty when it does not know.\",\"default\":\"\"},{\"name\":\"evidence\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"AlertEvidence\",\"doc\":\"What a detector saw.\",\"fields\":[{\"name\":\"series\",\"type\":\"string\",\"doc\":\"name{label=\\\"value\\\"} and what of it is watched.\"},{\"name\":\"score\",\"type\":\"double\"},{\"name\":\"value\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"expected\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"lower\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"upper\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"firstMover\",\"type\":\"string\",\"doc\":\"The series of the group that moved first; empty when it is this one.\",\"default\":\"\"},{\"name\":\"forecast\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"AlertForecast\",\"doc\":\"Where a series is heading.\",\"fields\":[{\"name\":\"threshold\",\"type\":\"double\",\"doc\":\"What it is about to cross.\"},{\"name\":\"rising\",\"type\":\"boolean\",\"doc\":\"True when it crosses from below.\"},{\"name\":\"atMs\",\"type\":\"long\",\"doc\":\"Most likely time of crossing, ms since the Unix epoch.\"},{\"name\":\"earliestMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Early end of the interval; null when the model gives none.\",\"default\":null},{\"name\":\"latestMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Late end of the interval; null when it may never cross.\",\"default\":null}]}],\"default\":null}]}],\"default\":null},{\"name\":\"generatorUrl\",\"type\":\"string\",\"doc\":\"Where to look; empty when there is nothing.\",\"default\":\"\"}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
