import type { AlertStateRecord, StoredAlert, StoredGroup, StoredSettings } from '@pegel/contracts'
import { z } from 'zod'

/** Answers about alerts. Nothing here may depend on more than zod and types, since the OpenAPI document is made from it. */

const MAX_DATE_MS = 8.64e15
const time = z.iso.datetime()
const texts = z.record(z.string(), z.string())
const id = z.string().describe('16 hexadecimal digits.')

const alertView = z.strictObject({
  fingerprint: id,
  id: z.string().describe('Occurrence, as its source calls it.'),
  source: z.string(),
  state: z.enum(['firing', 'flapping', 'resolved']),
  labels: texts,
  annotations: texts,
  values: z.record(z.string(), z.number()).describe('What was measured.'),
  starts_at: time,
  ends_at: time.nullable(),
  resolved_by: z.string().describe('The person that ended it; empty when its source did.'),
  groups: z.array(id),
  generator_url: z.string(),
})

const groupView = z.strictObject({
  id,
  key: z.string().describe('As Alertmanager writes it.'),
  receiver: z.string(),
  labels: texts,
  created_at: time,
  told_at: time.nullable().describe('When somebody was told first.'),
  acknowledged: z
    .strictObject({ by: z.string(), at: time, until: time.nullable(), note: z.string() })
    .nullable()
    .describe('Who takes care.'),
  escalation: z
    .strictObject({ policy: z.string(), round: z.int(), next_step: z.int(), due_at: time.nullable() })
    .nullable(),
  unsent: z.int().describe('Notifications that are decided and not sent yet.'),
})

export const alertsView = z.strictObject({ groups: z.array(groupView), alerts: z.array(alertView) })
export const silencesView = z.strictObject({
  silences: z.array(
    z.strictObject({
      ...{ id: z.string(), matchers: z.array(z.string()), starts_at: time, ends_at: time },
      ...{ by: z.string(), comment: z.string() },
    }),
  ),
})
export const overridesView = z.strictObject({
  overrides: z.array(
    z.strictObject({
      ...{ id: z.string(), schedule: z.string(), person: z.string(), starts_at: time, ends_at: time },
      by: z.string(),
    }),
  ),
})

/** A tenant's groups, oldest first, and its alerts. */
export function viewAlerts(states: readonly AlertStateRecord[]): z.output<typeof alertsView> {
  const groups = states.flatMap(({ id: name, group }) => (group === null ? [] : viewGroup(name, group)))
  return {
    groups: groups.sort((a, b) => (a.created_at < b.created_at ? -1 : 1)),
    alerts: states.flatMap(({ id: name, alert }) => (alert === null ? [] : viewAlert(name, alert))),
  }
}

/** Those that are not over. */
export function viewSilences(states: readonly AlertStateRecord[], nowMs: number): z.output<typeof silencesView> {
  const all = settingsOf(states).flatMap(({ silences }) => silences)
  return {
    silences: all
      .filter(({ endsAtMs }) => endsAtMs > nowMs)
      .map(({ id: name, matchers, startsAtMs, endsAtMs, by, comment }) => ({
        ...{ id: name, starts_at: iso(startsAtMs), ends_at: iso(endsAtMs), by, comment },
        matchers: matchers.map((each) => `${each.name}${each.operator}${JSON.stringify(each.value)}`),
      })),
  }
}

/** Those that are not over. */
export function viewOverrides(states: readonly AlertStateRecord[], nowMs: number): z.output<typeof overridesView> {
  const all = settingsOf(states).flatMap(({ overrides }) => overrides)
  return {
    overrides: all
      .filter(({ untilMs }) => untilMs > nowMs)
      .map(({ id: name, schedule, person, fromMs, untilMs, by }) => ({
        ...{ id: name, schedule, person, starts_at: iso(fromMs), ends_at: iso(untilMs), by },
      })),
  }
}

function viewGroup(name: string, group: StoredGroup): z.output<typeof groupView> {
  const { key, receiver, labels, createdAtMs, occurrenceMs, acknowledged, escalation, pending } = group
  return {
    ...{ id: name, key, receiver, labels, created_at: iso(createdAtMs), told_at: isoOrNull(occurrenceMs) },
    acknowledged:
      acknowledged === null
        ? null
        : {
            ...{ by: acknowledged.by, at: iso(acknowledged.atMs), until: isoOrNull(acknowledged.untilMs) },
            note: acknowledged.note,
          },
    escalation:
      escalation === null
        ? null
        : {
            ...{ policy: escalation.policy, round: escalation.round, next_step: escalation.nextStep + 1 },
            due_at: isoOrNull(escalation.dueAtMs),
          },
    unsent: pending.filter(({ silent }) => !silent).length,
  }
}

function viewAlert(fingerprint: string, alert: StoredAlert): z.output<typeof alertView> {
  const { id: occurrence, source, firing, heldUntilMs, labels, annotations, values, startsAtMs, endsAtMs } = alert
  const state = firing ? (heldUntilMs === null ? 'firing' : 'flapping') : 'resolved'
  return {
    ...{ fingerprint, id: occurrence, source, state, labels, annotations, values, starts_at: iso(startsAtMs) },
    ...{ ends_at: isoOrNull(endsAtMs), resolved_by: alert.resolvedBy, groups: [...alert.groups] },
    generator_url: alert.generatorUrl,
  }
}

function settingsOf(states: readonly AlertStateRecord[]): readonly StoredSettings[] {
  return states.flatMap(({ settings }) => settings ?? [])
}

/** What a source gave as a time need not be one that a Date can hold. */
function iso(ms: number): string {
  return new Date(Math.max(-MAX_DATE_MS, Math.min(MAX_DATE_MS, ms))).toISOString()
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms)
}
