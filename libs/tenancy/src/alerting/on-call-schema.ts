import { z } from 'zod'
import type {
  ChannelTarget,
  EscalationConfig,
  EscalationTarget,
  PersonConfig,
  ScheduleConfig,
} from './alerting-config.ts'
import { alertingName } from './channels/common.ts'
import { durationOrZero, durationSchema } from './duration-schema.ts'
import { timeZone } from './time-interval-schema.ts'

const MAX_STEPS = 20
const MAX_TARGETS = 10
const MAX_ROUNDS = 100

/** `mail`, or `{ channel: mail, to: alice@example.com }`. */
export const channelTarget = z.union([
  alertingName.transform((channel): ChannelTarget => ({ channel, to: undefined })),
  z
    .strictObject({ channel: alertingName, to: z.string().min(1).max(512).optional() })
    .transform(({ channel, to }): ChannelTarget => ({ channel, to })),
])
export const channelTargets = z.array(channelTarget).max(MAX_TARGETS)

const stepTarget = z
  .strictObject({
    channel: alertingName.optional(),
    to: z.string().min(1).max(512).optional(),
    person: alertingName.optional(),
    schedule: alertingName.optional(),
  })
  .transform(({ channel, to, person, schedule }, context): EscalationTarget => {
    const named = [channel, person, schedule].filter((each) => each !== undefined).length
    if (named === 1 && channel !== undefined) return { kind: 'channel', target: { channel, to } }
    if (named === 1 && to === undefined && person !== undefined) return { kind: 'person', person }
    if (named === 1 && to === undefined && schedule !== undefined) return { kind: 'schedule', schedule }
    context.addIssue({ code: 'custom', message: 'Name one of channel (with an optional to), person and schedule.' })
    return z.NEVER
  })

export const escalationSchema = z.strictObject({
  name: alertingName,
  steps: z
    .array(z.strictObject({ wait: durationOrZero.default(0), notify: z.array(stepTarget).min(1).max(MAX_TARGETS) }))
    .min(1)
    .max(MAX_STEPS),
  repeat: z.int().min(0).max(MAX_ROUNDS).default(0),
  repeat_wait: durationSchema.default(900_000),
  acknowledged_for: durationSchema.optional(),
})

export function toEscalation(raw: z.output<typeof escalationSchema>): EscalationConfig {
  const { name, repeat, repeat_wait: repeatWaitMs, acknowledged_for: acknowledgedForMs } = raw
  const steps = raw.steps.map(({ wait: waitMs, notify }) => ({ waitMs, notify }))
  return { name, steps, repeat, repeatWaitMs, acknowledgedForMs }
}

export const personSchema = z
  .strictObject({ name: alertingName, channels: channelTargets.min(1) })
  .transform((person): PersonConfig => person)

const SHIFTS: Readonly<Record<string, number>> = { daily: 86_400_000, weekly: 604_800_000 }

/** Wall-clock time of the schedule's zone: no offset, since it is the same hour in summer and in winter. */
const localTime = z.string().transform((text, context) => {
  const ms = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?$/.test(text) ? localMs(text) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  context.addIssue({ code: 'custom', message: 'Write a local time without a zone, such as 2026-01-05T09:00.' })
  return z.NEVER
})

function localMs(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}${text.length === 10 ? 'T00:00' : ''}Z`)
}

const layer = z.strictObject({
  people: z.array(alertingName).min(1),
  start: localTime,
  shift: z
    .union([z.enum(['daily', 'weekly']).transform((name) => SHIFTS[name] ?? 0), durationSchema])
    .default(604_800_000),
  during: z.array(alertingName).default([]),
})

export const scheduleSchema = z.strictObject({
  name: alertingName,
  time_zone: timeZone.default('UTC'),
  layers: z.array(layer).min(1),
})

export function toSchedule(raw: z.output<typeof scheduleSchema>): ScheduleConfig {
  const layers = raw.layers.map(({ people, start, shift, during }) => ({
    ...{ people, startLocalMs: start, shiftMs: shift, during },
  }))
  return { name: raw.name, timeZone: raw.time_zone, layers }
}
