// Made by `npm run generate` from schemas/alert-action.v1.avsc; do not edit.

/** Somebody takes care: escalation stops. */
export interface Acknowledge {
  /** Id of a group, or fingerprint of an alert: all its groups. */
  readonly target: string
  readonly note: string
  /** Of the group, when the request is about that one alone; an older or newer one is left alone. */
  readonly occurrenceMs: number | null
}

/** It is over, whatever its source says: the alerts end, until they fire anew. */
export interface Resolve {
  /** Id of a group, or fingerprint of an alert. */
  readonly target: string
  readonly note: string
  readonly occurrenceMs: number | null
}

/** As in a route. */
export interface SilenceMatcher {
  readonly name: string
  /** =, !=, =~ or !~. */
  readonly operator: string
  readonly value: string
}

/** Makes a silence, or changes the one of this id. */
export interface SetSilence {
  readonly silenceId: string
  readonly matchers: readonly SilenceMatcher[]
  readonly startsAtMs: number
  readonly endsAtMs: number
  readonly comment: string
}

/** Ends a silence now. */
export interface ExpireSilence {
  readonly silenceId: string
}

/** Puts somebody else on call for a while, or changes the override of this id. */
export interface SetOverride {
  readonly overrideId: string
  readonly schedule: string
  readonly person: string
  readonly fromMs: number
  readonly untilMs: number
}

/** Ends an override now. */
export interface ExpireOverride {
  readonly overrideId: string
}

/** The watchdog that always fires has been heard. */
export interface Heartbeat {
  /** Of the alert that it came as. */
  readonly name: string
}

/** What somebody asks of the alert-router. Key: tenant. One of the parts is there, the others are null; a reader passes over a record of which it knows none. Records of one id are one request. */
export interface AlertAction {
  readonly tenant: string
  /** Unique per tenant; a request that is repeated keeps it. */
  readonly id: string
  /** When it was asked, ms since the Unix epoch. */
  readonly atMs: number
  /** Who asks: a credential, the person of a signed link, a user of the command line. */
  readonly by: string
  /** The door: api, link, grpc, cli, alertmanager. */
  readonly source: string
  readonly acknowledge: Acknowledge | null
  readonly resolve: Resolve | null
  readonly silence: SetSilence | null
  readonly expireSilence: ExpireSilence | null
  readonly override: SetOverride | null
  readonly expireOverride: ExpireOverride | null
  readonly heartbeat: Heartbeat | null
}

export const ALERT_ACTION_SCHEMA = {
  name: "AlertAction",
  fullName: "pegel.v1.AlertAction",
  fingerprint: "771d125f0b11eca8",
  json: "{\"type\":\"record\",\"name\":\"AlertAction\",\"namespace\":\"pegel.v1\",\"doc\":\"What somebody asks of the alert-router. Key: tenant. One of the parts is there, the others are null; a reader passes over a record of which it knows none. Records of one id are one request.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\"},{\"name\":\"id\",\"type\":\"string\",\"doc\":\"Unique per tenant; a request that is repeated keeps it.\"},{\"name\":\"atMs\",\"type\":\"long\",\"doc\":\"When it was asked, ms since the Unix epoch.\"},{\"name\":\"by\",\"type\":\"string\",\"doc\":\"Who asks: a credential, the person of a signed link, a user of the command line.\"},{\"name\":\"source\",\"type\":\"string\",\"doc\":\"The door: api, link, grpc, cli, alertmanager.\"},{\"name\":\"acknowledge\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Acknowledge\",\"doc\":\"Somebody takes care: escalation stops.\",\"fields\":[{\"name\":\"target\",\"type\":\"string\",\"doc\":\"Id of a group, or fingerprint of an alert: all its groups.\"},{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"occurrenceMs\",\"type\":[\"null\",\"long\"],\"doc\":\"Of the group, when the request is about that one alone; an older or newer one is left alone.\",\"default\":null}]}],\"default\":null},{\"name\":\"resolve\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Resolve\",\"doc\":\"It is over, whatever its source says: the alerts end, until they fire anew.\",\"fields\":[{\"name\":\"target\",\"type\":\"string\",\"doc\":\"Id of a group, or fingerprint of an alert.\"},{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"occurrenceMs\",\"type\":[\"null\",\"long\"],\"default\":null}]}],\"default\":null},{\"name\":\"silence\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"SetSilence\",\"doc\":\"Makes a silence, or changes the one of this id.\",\"fields\":[{\"name\":\"silenceId\",\"type\":\"string\"},{\"name\":\"matchers\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"SilenceMatcher\",\"doc\":\"As in a route.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"operator\",\"type\":\"string\",\"doc\":\"=, !=, =~ or !~.\"},{\"name\":\"value\",\"type\":\"string\"}]}}},{\"name\":\"startsAtMs\",\"type\":\"long\"},{\"name\":\"endsAtMs\",\"type\":\"long\"},{\"name\":\"comment\",\"type\":\"string\",\"default\":\"\"}]}],\"default\":null},{\"name\":\"expireSilence\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"ExpireSilence\",\"doc\":\"Ends a silence now.\",\"fields\":[{\"name\":\"silenceId\",\"type\":\"string\"}]}],\"default\":null},{\"name\":\"override\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"SetOverride\",\"doc\":\"Puts somebody else on call for a while, or changes the override of this id.\",\"fields\":[{\"name\":\"overrideId\",\"type\":\"string\"},{\"name\":\"schedule\",\"type\":\"string\"},{\"name\":\"person\",\"type\":\"string\"},{\"name\":\"fromMs\",\"type\":\"long\"},{\"name\":\"untilMs\",\"type\":\"long\"}]}],\"default\":null},{\"name\":\"expireOverride\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"ExpireOverride\",\"doc\":\"Ends an override now.\",\"fields\":[{\"name\":\"overrideId\",\"type\":\"string\"}]}],\"default\":null},{\"name\":\"heartbeat\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"Heartbeat\",\"doc\":\"The watchdog that always fires has been heard.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Of the alert that it came as.\",\"default\":\"Watchdog\"}]}],\"default\":null}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
