import { z } from 'zod'

/** Bodies of requests about alerts. Nothing here may depend on more than zod, since the OpenAPI document is made from it. */

const MAX_LABELS = 64
const MAX_TEXT = 4096
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
const labels = z
  .record(z.string().min(1).max(128), z.string().max(1024))
  .refine((all) => Object.keys(all).length <= MAX_LABELS, `At most ${MAX_LABELS} labels.`)
const annotations = z
  .record(z.string().min(1).max(128), z.string().max(MAX_TEXT))
  .refine((all) => Object.keys(all).length <= MAX_LABELS, `At most ${MAX_LABELS} annotations.`)
const id = z.string().min(1).max(256)

export const SEVERITIES = ['critical', 'warning', 'info', 'security'] as const

/** triggerAlert(name, { severity, tenantId, … }). */
export const triggerSchema = z
  .strictObject({
    name: z.string().min(1).max(128).describe('What routes match as alertname.'),
    severity: z.enum(SEVERITIES).default('warning'),
    tenant_id: z.string().optional().describe('When given, it must be the tenant that the key acts for.'),
    status: z.enum(['firing', 'resolved']).default('firing'),
    id: id.optional().describe('Names the occurrence; without it, alerts of the same labels are one.'),
    labels: labels.default({}),
    annotations: annotations.default({}),
    summary: z.string().max(MAX_TEXT).optional().describe('The annotation of this name.'),
    description: z.string().max(MAX_TEXT).optional().describe('The annotation of this name.'),
    starts_at: time.optional().describe('RFC 3339; now without it.'),
    ends_at: time.optional().describe('RFC 3339; of a resolved one, now without it.'),
    generator_url: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
  })
  .describe('An alert that fires, or is over.')
export type Trigger = z.output<typeof triggerSchema>

export const MAX_ALERTS_PER_REQUEST = 1000
export const triggersSchema = z.union([triggerSchema, z.array(triggerSchema).min(1).max(MAX_ALERTS_PER_REQUEST)])
export type Triggers = z.output<typeof triggersSchema>

const note = z.string().max(1024).default('')
const by = z.string().min(1).max(128).optional().describe('Who asks, beside the credential.')

/** Acknowledge and resolve. */
export const requestSchema = z.strictObject({ note, by })

export const silenceSchema = z
  .strictObject({
    id: id.optional().describe('Of a silence to change.'),
    matchers: z
      .array(z.string().min(1))
      .min(1)
      .max(MAX_LABELS)
      .describe('Such as severity="warning" or host=~"db-.*".'),
    starts_at: time.optional().describe('RFC 3339; now without it.'),
    ends_at: time.describe('RFC 3339.'),
    comment: z.string().max(1024).default(''),
    by,
  })
  .refine(({ starts_at: from, ends_at: to }) => from === undefined || to > from, {
    path: ['ends_at'],
    message: 'It must end after it began.',
  })
export type Silence = z.output<typeof silenceSchema>

export const overrideSchema = z
  .strictObject({
    id: id.optional().describe('Of an override to change.'),
    schedule: z.string().min(1).max(63),
    person: z.string().min(1).max(63),
    starts_at: time.optional().describe('RFC 3339; now without it.'),
    ends_at: time.describe('RFC 3339.'),
    by,
  })
  .refine(({ starts_at: from, ends_at: to }) => from === undefined || to > from, {
    path: ['ends_at'],
    message: 'It must end after it began.',
  })
export type Override = z.output<typeof overrideSchema>

/** Alertmanager's webhook, version 4; what it may have more is not looked at. */
export const webhookSchema = z.object({
  version: z.literal('4'),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()).default({}),
        startsAt: time,
        endsAt: time.optional(),
        generatorURL: z.string().default(''),
        fingerprint: z.string().default(''),
      }),
    )
    .max(MAX_ALERTS_PER_REQUEST),
})
export type Webhook = z.output<typeof webhookSchema>
