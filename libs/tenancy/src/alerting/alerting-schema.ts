import { z } from 'zod'
import type { AlertingConfig, AlertMaintenance } from './alerting-config.ts'
import { channelSchema, toChannel } from './channel-schema.ts'
import { alertingName } from './channels/common.ts'
import { checkReferences } from './check-references.ts'
import { durationSchema } from './duration-schema.ts'
import { matchersSchema } from './matcher.ts'
import {
  channelTargets,
  escalationSchema,
  personSchema,
  scheduleSchema,
  toEscalation,
  toSchedule,
} from './on-call-schema.ts'
import { CHILD_ROUTE_KEYS, rootRoute, toRoute } from './route-schema.ts'
import { timeIntervalSchema, toTimeInterval } from './time-interval-schema.ts'

/** What a group's state must hold of them has to fit into one record of `alert-state`. */
const MAX_ALERTS = 5000

const receiver = z.strictObject({
  name: alertingName,
  channels: channelTargets.default([]),
  escalation: alertingName.optional(),
})

const inhibitRule = z.strictObject({
  source_matchers: matchersSchema.min(1),
  target_matchers: matchersSchema.min(1),
  equal: z.array(z.string().min(1)).default([]),
})

const time = z
  .union([z.string(), z.date()])
  .transform((value) => new Date(value).getTime())
  .refine((ms) => !Number.isNaN(ms), 'Write a time such as 2026-11-22T22:00:00Z.')

const maintenance = z
  .strictObject({
    id: alertingName,
    matchers: matchersSchema.min(1),
    from: time.optional(),
    to: time.optional(),
    during: z.array(alertingName).default([]),
  })
  .superRefine(({ from, to, during }, context) => {
    const message =
      (from === undefined) !== (to === undefined)
        ? 'Write both from and to.'
        : from === undefined && during.length === 0
          ? 'Write from and to, or during with names of time_intervals.'
          : from !== undefined && to !== undefined && to <= from
            ? 'It must end after it began.'
            : undefined
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

const flapping = z.strictObject({
  changes: z.int().min(3).max(100).default(6),
  within: durationSchema.default(900_000),
  calm: durationSchema.default(600_000),
})

/** The section `alerting` of a tenant's file as it is written. */
export const alertingSchema = z
  .strictObject({
    max_alerts: z.int().min(1).max(MAX_ALERTS).default(MAX_ALERTS),
    resolve_after: durationSchema.optional(),
    route: rootRoute.optional(),
    receivers: z.array(receiver).default([]),
    channels: z.array(channelSchema).default([]),
    inhibit_rules: z.array(inhibitRule).default([]),
    time_intervals: z
      .array(z.strictObject({ name: alertingName, time_intervals: z.array(timeIntervalSchema).min(1) }))
      .default([]),
    maintenance: z.array(maintenance).default([]),
    flapping: flapping.optional(),
    escalations: z.array(escalationSchema).default([]),
    people: z.array(personSchema).default([]),
    schedules: z.array(scheduleSchema).default([]),
  })
  .superRefine(checkReferences)

/** What a tenant has whose file says nothing: alerts are kept and shown, nobody is told. */
export const DEFAULT_ALERTING: AlertingConfig = toAlerting(alertingSchema.parse({}))

export function toAlerting(raw: z.output<typeof alertingSchema>): AlertingConfig {
  return {
    maxAlerts: raw.max_alerts,
    resolveAfterMs: raw.resolve_after,
    route: raw.route === undefined ? undefined : toRoute(raw.route),
    receivers: raw.receivers.map(({ name, channels, escalation }) => ({ name, channels, escalation })),
    channels: raw.channels.map(toChannel),
    inhibitRules: raw.inhibit_rules.map((rule) => ({
      sourceMatchers: rule.source_matchers.flat(),
      targetMatchers: rule.target_matchers.flat(),
      equal: rule.equal,
    })),
    timeIntervals: raw.time_intervals.map(({ name, time_intervals: intervals }) => ({
      name,
      intervals: intervals.map(toTimeInterval),
    })),
    maintenance: raw.maintenance.map(toMaintenance),
    flapping:
      raw.flapping === undefined
        ? undefined
        : { changes: raw.flapping.changes, withinMs: raw.flapping.within, calmMs: raw.flapping.calm },
    escalations: raw.escalations.map(toEscalation),
    people: raw.people,
    schedules: raw.schedules.map(toSchedule),
  }
}

function toMaintenance(raw: z.output<typeof maintenance>): AlertMaintenance {
  const { id, matchers, from: fromMs, to: toMs, during } = raw
  return { id, matchers: matchers.flat(), fromMs, toMs, during }
}

/** Keys by place, for the hint at an unknown one: paths as `formatPath` writes them. */
export const ALERTING_KEYS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^alerting$/, Object.keys(alertingSchema.shape)],
  [/^alerting\.route$/, Object.keys(rootRoute.shape)],
  [/^alerting\.route\.routes\[/, [...Object.keys(rootRoute.shape), ...CHILD_ROUTE_KEYS]],
  [/^alerting\.receivers\[/, Object.keys(receiver.shape)],
  [/^alerting\.inhibit_rules\[/, Object.keys(inhibitRule.shape)],
  [/^alerting\.time_intervals\[\d+\]\.time_intervals\[/, Object.keys(timeIntervalSchema.shape)],
  [/^alerting\.maintenance\[/, Object.keys(maintenance.shape)],
  [/^alerting\.escalations\[\d+\]$/, Object.keys(escalationSchema.shape)],
  [/^alerting\.schedules\[\d+\]$/, Object.keys(scheduleSchema.shape)],
]
