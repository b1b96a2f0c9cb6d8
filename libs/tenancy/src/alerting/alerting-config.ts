import type { ChannelConfig } from './channel-schema.ts'

/** How a tenant's alerts reach somebody: the section `alerting` of the tenant's file. */
export interface AlertingConfig {
  /** Alerts kept at most; beyond it new ones are refused and counted. */
  readonly maxAlerts: number
  /** An alert that nobody resolves ends by itself after so long; undefined: never. */
  readonly resolveAfterMs: number | undefined
  /** Undefined: nobody is told of anything. */
  readonly route: RouteConfig | undefined
  readonly receivers: readonly ReceiverConfig[]
  readonly channels: readonly ChannelConfig[]
  readonly inhibitRules: readonly InhibitRuleConfig[]
  readonly timeIntervals: readonly NamedTimeIntervals[]
  readonly maintenance: readonly AlertMaintenance[]
  /** Undefined: every change is told. */
  readonly flapping: FlappingConfig | undefined
  readonly escalations: readonly EscalationConfig[]
  readonly people: readonly PersonConfig[]
  readonly schedules: readonly ScheduleConfig[]
}

export type MatchOperator = '=' | '!=' | '=~' | '!~'

/** An absent label reads as empty; regexes are RE2, anchored at both ends. */
export interface Matcher {
  readonly name: string
  readonly operator: MatchOperator
  readonly value: string
}

/** A node of the routing tree, everything inherited filled in. Alertmanager's meaning, key by key. */
export interface RouteConfig {
  readonly receiver: string
  readonly matchers: readonly Matcher[]
  /** Label names; `...` stands for all labels. */
  readonly groupBy: readonly string[]
  readonly continue: boolean
  readonly groupWaitMs: number
  readonly groupIntervalMs: number
  readonly repeatIntervalMs: number
  readonly muteTimeIntervals: readonly string[]
  readonly activeTimeIntervals: readonly string[]
  readonly routes: readonly RouteConfig[]
}

/** A channel, and an address instead of its own. */
export interface ChannelTarget {
  readonly channel: string
  readonly to: string | undefined
}

export interface ReceiverConfig {
  readonly name: string
  readonly channels: readonly ChannelTarget[]
  /** A policy that goes on until somebody acknowledges. */
  readonly escalation: string | undefined
}

export interface InhibitRuleConfig {
  readonly sourceMatchers: readonly Matcher[]
  readonly targetMatchers: readonly Matcher[]
  readonly equal: readonly string[]
}

export interface NamedTimeIntervals {
  readonly name: string
  readonly intervals: readonly TimeInterval[]
}

/** Both ends included. */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

/** Every list that is not empty must match; an empty one matches always. */
export interface TimeInterval {
  /** Minutes of the day, `to` excluded. */
  readonly times: readonly NumberRange[]
  /** 0 (Sunday) to 6. */
  readonly weekdays: readonly NumberRange[]
  /** 1 to 31; -1 is the last day of the month. */
  readonly daysOfMonth: readonly NumberRange[]
  /** 1 to 12. */
  readonly months: readonly NumberRange[]
  readonly years: readonly NumberRange[]
  /** IANA name. */
  readonly location: string
}

/** A silence that stands in the file: between two times, or during named intervals. */
export interface AlertMaintenance {
  readonly id: string
  readonly matchers: readonly Matcher[]
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  readonly during: readonly string[]
}

export interface FlappingConfig {
  /** So many changes of state within the time make an alert flap: its end is told only after it was calm for so long. */
  readonly changes: number
  readonly withinMs: number
  readonly calmMs: number
}

/** Who is told at a step; one of the three. */
export type EscalationTarget =
  | { readonly kind: 'channel'; readonly target: ChannelTarget }
  | { readonly kind: 'person'; readonly person: string }
  | { readonly kind: 'schedule'; readonly schedule: string }

export interface EscalationConfig {
  readonly name: string
  readonly steps: readonly {
    /** After the step before; of the first one, after the group's first notification is due. */
    readonly waitMs: number
    readonly notify: readonly EscalationTarget[]
  }[]
  /** Further rounds when nobody acknowledged. */
  readonly repeat: number
  /** Between the last step and the first one of the next round. */
  readonly repeatWaitMs: number
  /** An acknowledgement lapses after so long, and the policy begins again; undefined: never. */
  readonly acknowledgedForMs: number | undefined
}

export interface PersonConfig {
  readonly name: string
  readonly channels: readonly ChannelTarget[]
}

export interface ScheduleConfig {
  readonly name: string
  readonly timeZone: string
  /** The last one that has somebody decides. */
  readonly layers: readonly ScheduleLayer[]
}

export interface ScheduleLayer {
  readonly people: readonly string[]
  /** Start of the first shift, as wall-clock time of the zone, in ms as if it were UTC. */
  readonly startLocalMs: number
  /** Length of a shift in wall-clock time, so that a handover at nine stays at nine when clocks change. */
  readonly shiftMs: number
  /** Names of time intervals outside of which the layer has nobody; empty: always. */
  readonly during: readonly string[]
}
