// Made by `npm run generate` from schemas/alert-state.v1.avsc; do not edit.

/** An alert that fires, or did until a short while ago. */
export interface StoredAlert {
  /** Occurrence, as its source calls it. */
  readonly id: string
  readonly source: string
  /** All that routes match. */
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** What was measured, by name. */
  readonly values: Readonly<Record<string, number>>
  readonly generatorUrl: string
  readonly firing: boolean
  readonly startsAtMs: number
  readonly endsAtMs: number | null
  /** Of the last change of state. */
  readonly updatedAtMs: number
  /** Append time of the last record about it. */
  readonly seenAtMs: number
  /** Last changes of state, for flapping. */
  readonly changesAtMs: readonly number[]
  /** Its source says that it is over, but it flaps: it counts as firing until then. */
  readonly heldUntilMs: number | null
  /** The person that ended it; empty when its source did. */
  readonly resolvedBy: string
  /** Groups that have not told of its end yet. */
  readonly groups: readonly string[]
}

/** What one target was told last. */
export interface ToldTarget {
  readonly channel: string
  readonly to: string
  /** By a step of the policy, not by the route. */
  readonly escalated: boolean
  /** Fingerprints, 8 bytes each, sorted. */
  readonly firing: Uint8Array
  readonly resolved: Uint8Array
  readonly atMs: number
  /** Thread or message to go on in; empty when there is none. */
  readonly ref: string
}

/** Decided and not known to be done. */
export interface PendingSend {
  readonly number: number
  readonly channel: string
  readonly to: string
  readonly escalated: boolean
  /** firing, acknowledged or resolved. */
  readonly event: string
  /** Nothing is sent; what the target knows is noted. */
  readonly silent: boolean
  readonly firing: Uint8Array
  readonly resolved: Uint8Array
  readonly occurrenceMs: number
  readonly dueAtMs: number
  /** Append time of the newest record behind it; 0 when a timer is. */
  readonly eventAtMs: number
  /** Of the policy, from 1; 0: none. */
  readonly step: number
  readonly round: number
  readonly person: string
}

/** Where its policy stands. */
export interface StoredEscalation {
  readonly policy: string
  /** From 1. */
  readonly round: number
  /** From 0. */
  readonly nextStep: number
  /** Of that step; null when the policy has ended or waits for an acknowledgement to lapse. */
  readonly dueAtMs: number | null
}

/** Who takes care. */
export interface StoredAcknowledgement {
  readonly by: string
  readonly atMs: number
  /** When it lapses. */
  readonly untilMs: number | null
  readonly note: string
}

/** A group of alerts that are told together. */
export interface StoredGroup {
  /** As Alertmanager writes it. */
  readonly key: string
  readonly receiver: string
  readonly labels: Readonly<Record<string, string>>
  readonly createdAtMs: number
  /** When it is looked at next. */
  readonly flushAtMs: number
  readonly flushed: boolean
  /** When somebody was told first; null while nobody was. */
  readonly occurrenceMs: number | null
  /** Sends decided so far: numbers the next one. */
  readonly sends: number
  readonly told: readonly ToldTarget[]
  readonly pending: readonly PendingSend[]
  readonly escalation: StoredEscalation | null
  readonly acknowledged: StoredAcknowledgement | null
}

/** As in a route. */
export interface StoredMatcher {
  readonly name: string
  readonly operator: string
  readonly value: string
}

/** Alerts that match are not told meanwhile. */
export interface StoredSilence {
  readonly id: string
  readonly matchers: readonly StoredMatcher[]
  readonly startsAtMs: number
  readonly endsAtMs: number
  readonly by: string
  readonly comment: string
}

/** Who is on call instead. */
export interface StoredOverride {
  readonly id: string
  readonly schedule: string
  readonly person: string
  readonly fromMs: number
  readonly untilMs: number
  readonly by: string
}

/** What people have set beside the file. */
export interface StoredSettings {
  readonly silences: readonly StoredSilence[]
  readonly overrides: readonly StoredOverride[]
  /** When the watchdog was heard last. */
  readonly heartbeatMs: number | null
}

/** What the alert-router knows, one record a thing. Key: tenant/kind/id; in the partition with the number of its input, written in transactions by the one router that owns the partition: read it read_committed. One of the parts is there. */
export interface AlertState {
  readonly tenant: string
  /** alert, group or settings. */
  readonly kind: string
  /** Fingerprint of the alert, id of the group, or empty. */
  readonly id: string
  /** Last record of `alerts` of this partition that it holds; -1 before the first one. */
  readonly offset: number
  readonly alert: StoredAlert | null
  readonly group: StoredGroup | null
  readonly settings: StoredSettings | null
}

export const ALERT_STATE_SCHEMA = {
  name: "AlertState",
  fullName: "pegel.v1.AlertState",
  fingerprint: "267aa2f860e7282e",
  json: "{\"type\":\"record\",\"name\":\"AlertState\",\"namespace\":\"pegel.v1\",\"doc\":\"What the alert-router knows, one record a thing. Key: tenant/kind/id; in the partition with the number of its input, written in transactions by the one router that owns the partition: read it read_committed. One of the parts is there.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"kind\",\"type\":\"string\",\"doc\":\"alert, group or settings.\"},{\"name\":\"id\",\"type\":\"string\",\"doc\":\"Fingerprint of the alert, id of the group, or empty.\"},{\"name\":\"offset\",\"type\":\"long\",\"doc\":\"Last record of `alerts` of this partition that it holds; -1 before the first one.\"},{\"name\":\"alert\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"StoredAlert\",\"doc\":\"An alert that fires, or did until a short while ago.\",\"fields\":[{\"name\":\"id\",\"type\":\"string\",\"doc\":\"Occurrence, as its source calls it.\"},{\"name\":\"source\",\"type\":\"string\"},{\"name\":\"labels\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"doc\":\"All that routes match.\"},{\"name\":\"annotations\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"default\":{}},{\"name\":\"values\",\"type\":{\"type\":\"map\",\"values\":\"double\"},\"doc\":\"What was measured, by name.\",\"default\":{}},{\"name\":\"generatorUrl\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"firing\",\"type\":\"boolean\"},{\"name\":\"startsAtMs\",\"type\":\"long\"},{\"name\":\"endsAtMs\",\"type\":[\"null\",\"long\"],\"default\":null},{\"name\":\"updatedAtMs\",\"type\":\"long\",\"doc\":\"Of the last change of state.\"},{\"name\":\"seenAtMs\",\"type\":\"long\",\"doc\":\"Append time of the last record about it.\"},{\"name\":\"changesAtMs\",\"type\":{\"type\":\"array\",\"items\":\"long\"},\"doc\":\"Last changes of state, for flapping.\",\"default\":[]},{\"name\":\"heldUntilMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Its source says that it is over, but it flaps: it counts as firing until then.\",\"default\":null},{\"name\":\"resolvedBy\",\"type\":\"string\",\"doc\":\"The person that ended it; empty when its source did.\",\"default\":\"\"},{\"name\":\"groups\",\"type\":{\"type\":\"array\",\"items\":\"string\"},\"doc\":\"Groups that have not told of its end yet.\",\"default\":[]}]}],\"default\":null},{\"name\":\"group\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"StoredGroup\",\"doc\":\"A group of alerts that are told together.\",\"fields\":[{\"name\":\"key\",\"type\":\"string\",\"doc\":\"As Alertmanager writes it.\"},{\"name\":\"receiver\",\"type\":\"string\"},{\"name\":\"labels\",\"type\":{\"type\":\"map\",\"values\":\"string\"},\"default\":{}},{\"name\":\"createdAtMs\",\"type\":\"long\"},{\"name\":\"flushAtMs\",\"type\":\"long\",\"doc\":\"When it is looked at next.\"},{\"name\":\"flushed\",\"type\":\"boolean\"},{\"name\":\"occurrenceMs\",\"type\":[\"null\",\"long\"],\"doc\":\"When somebody was told first; null while nobody was.\",\"default\":null},{\"name\":\"sends\",\"type\":\"long\",\"doc\":\"Sends decided so far: numbers the next one.\",\"default\":0},{\"name\":\"told\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ToldTarget\",\"doc\":\"What one target was told last.\",\"fields\":[{\"name\":\"channel\",\"type\":\"string\"},{\"name\":\"to\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"escalated\",\"type\":\"boolean\",\"doc\":\"By a step of the policy, not by the route.\"},{\"name\":\"firing\",\"type\":\"bytes\",\"doc\":\"Fingerprints, 8 bytes each, sorted.\"},{\"name\":\"resolved\",\"type\":\"bytes\"},{\"name\":\"atMs\",\"type\":\"long\"},{\"name\":\"ref\",\"type\":\"string\",\"doc\":\"Thread or message to go on in; empty when there is none.\",\"default\":\"\"}]}},\"default\":[]},{\"name\":\"pending\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"PendingSend\",\"doc\":\"Decided and not known to be done.\",\"fields\":[{\"name\":\"number\",\"type\":\"long\"},{\"name\":\"channel\",\"type\":\"string\"},{\"name\":\"to\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"escalated\",\"type\":\"boolean\"},{\"name\":\"event\",\"type\":\"string\",\"doc\":\"firing, acknowledged or resolved.\"},{\"name\":\"silent\",\"type\":\"boolean\",\"doc\":\"Nothing is sent; what the target knows is noted.\",\"default\":false},{\"name\":\"firing\",\"type\":\"bytes\"},{\"name\":\"resolved\",\"type\":\"bytes\"},{\"name\":\"occurrenceMs\",\"type\":\"long\"},{\"name\":\"dueAtMs\",\"type\":\"long\"},{\"name\":\"eventAtMs\",\"type\":\"long\",\"doc\":\"Append time of the newest record behind it; 0 when a timer is.\",\"default\":0},{\"name\":\"step\",\"type\":\"int\",\"doc\":\"Of the policy, from 1; 0: none.\",\"default\":0},{\"name\":\"round\",\"type\":\"int\",\"default\":0},{\"name\":\"person\",\"type\":\"string\",\"default\":\"\"}]}},\"default\":[]},{\"name\":\"escalation\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"StoredEscalation\",\"doc\":\"Where its policy stands.\",\"fields\":[{\"name\":\"policy\",\"type\":\"string\"},{\"name\":\"round\",\"type\":\"int\",\"doc\":\"From 1.\"},{\"name\":\"nextStep\",\"type\":\"int\",\"doc\":\"From 0.\"},{\"name\":\"dueAtMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Of that step; null when the policy has ended or waits for an acknowledgement to lapse.\",\"default\":null}]}],\"default\":null},{\"name\":\"acknowledged\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"StoredAcknowledgement\",\"doc\":\"Who takes care.\",\"fields\":[{\"name\":\"by\",\"type\":\"string\"},{\"name\":\"atMs\",\"type\":\"long\"},{\"name\":\"untilMs\",\"type\":[\"null\",\"long\"],\"doc\":\"When it lapses.\",\"default\":null},{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"}]}],\"default\":null}]}],\"default\":null},{\"name\":\"settings\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"StoredSettings\",\"doc\":\"What people have set beside the file.\",\"fields\":[{\"name\":\"silences\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"StoredSilence\",\"doc\":\"Alerts that match are not told meanwhile.\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"matchers\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"StoredMatcher\",\"doc\":\"As in a route.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"operator\",\"type\":\"string\"},{\"name\":\"value\",\"type\":\"string\"}]}}},{\"name\":\"startsAtMs\",\"type\":\"long\"},{\"name\":\"endsAtMs\",\"type\":\"long\"},{\"name\":\"by\",\"type\":\"string\"},{\"name\":\"comment\",\"type\":\"string\",\"default\":\"\"}]}},\"default\":[]},{\"name\":\"overrides\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"StoredOverride\",\"doc\":\"Who is on call instead.\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"},{\"name\":\"schedule\",\"type\":\"string\"},{\"name\":\"person\",\"type\":\"string\"},{\"name\":\"fromMs\",\"type\":\"long\"},{\"name\":\"untilMs\",\"type\":\"long\"},{\"name\":\"by\",\"type\":\"string\"}]}},\"default\":[]},{\"name\":\"heartbeatMs\",\"type\":[\"null\",\"long\"],\"doc\":\"When the watchdog was heard last.\",\"default\":null}]}],\"default\":null}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
