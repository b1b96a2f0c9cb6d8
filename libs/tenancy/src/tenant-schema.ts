import { isTenantId, PEGEL_TENANT, TENANT_LABEL } from '@pegel/contracts'
import { z } from 'zod'
import { alertingSchema, toAlerting } from './alerting/alerting-schema.ts'
import { detectionSchema, toDetection } from './detection-schema.ts'
import { isRawKey } from './direct-keys.ts'
import { parseDuration } from './duration.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { NAME_LABEL } from './relabel.ts'
import { ruleSchema, toRule } from './rule-schema.ts'
import type { SinkName, TenantConfig, TenantLimits } from './tenant-config.ts'

export const SINKS = ['prometheus', 'elasticsearch', 'influxdb'] as const satisfies readonly SinkName[]

const count = z.int().min(1)
/** So that any log event fits into a record. */
const MAX_LOG_BYTES = 256 * 1024
const duration = z
  .string()
  .transform((text) => parseDuration(text) ?? Number.NaN)
  .refine((ms) => ms > 0, 'Write a duration such as 30s, 10m, 1h30m or 7d.')
const name = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/, 'Use letters, digits and _ . -, at most 63 of them.')

const tenantId = z
  .string()
  .refine(
    isTenantId,
    'A tenant id is lower-case letters, digits and underscores, at most 63, not beginning with an underscore.',
  )

const limits = z.strictObject({
  points_per_second: count.optional(),
  burst_points: count.optional(),
  bytes_per_second: count.optional(),
  burst_bytes: count.optional(),
  max_active_series: count.optional(),
  new_series_per_second: count.optional(),
  burst_new_series: count.optional(),
  max_request_bytes: count.optional(),
  max_points_per_request: count.optional(),
  max_labels_per_series: count.optional(),
  max_label_name_bytes: count.optional(),
  max_label_value_bytes: count.optional(),
  max_point_age: duration.optional(),
  max_point_future: duration.optional(),
  alerts_per_second: count.optional(),
  log_events_per_second: count.optional(),
  log_bytes_per_second: count.optional(),
  max_log_bytes: count.max(MAX_LOG_BYTES).optional(),
})

const staticLabels = z.record(z.string(), z.string().min(1)).superRefine((labels, context) => {
  for (const key of Object.keys(labels)) {
    const message =
      key === TENANT_LABEL
        ? `The label ${TENANT_LABEL} is reserved: the enricher sets it to the authenticated tenant.`
        : key === '' || key.startsWith('__')
          ? `A static label needs a name that does not begin with __ (${NAME_LABEL} is changed by rules).`
          : undefined
    if (message !== undefined) context.addIssue({ code: 'custom', path: [key], message })
  }
})

const fileShape = z.strictObject({
  tenant: tenantId,
  credentials: z
    .array(
      z.strictObject({
        id: name,
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/, 'Write the hex SHA-256 of the key (pegel tenants key prints it), never the key.'),
      }),
    )
    .superRefine(unique('id'))
    .superRefine(unique('sha256'))
    .default([]),
  direct_keys: z
    .array(
      z.strictObject({
        id: name,
        public_key: z.string().refine(isRawKey, 'Write the Ed25519 public key as base64 of its 32 bytes.'),
      }),
    )
    .superRefine(unique('id'))
    .default([]),
  static_labels: staticLabels.default({}),
  rules: z.array(ruleSchema).superRefine(uniqueRuleIds).default([]),
  limits: limits.default({}),
  placement: z.enum(['dedicated', 'shared']).default('shared'),
  sinks: z
    .array(z.enum(SINKS))
    .superRefine(uniqueItems)
    .default([...SINKS]),
  detection: detectionSchema.prefault({}),
  alerting: alertingSchema.prefault({}),
})

/** A tenant's file as it is written (snake_case). Unknown keys are problems. */
export const tenantFileSchema = fileShape.superRefine((file, context) => {
  if (file.tenant !== PEGEL_TENANT) return
  // Nobody may write metrics as Pegel itself; its alerts need routes, and its Alertmanager a key.
  for (const key of ['direct_keys', 'rules', 'static_labels'] as const) {
    const message = `The tenant ${PEGEL_TENANT} is reserved for Pegel's own data: its file has credentials, limits and alerting.`
    if (Object.keys(file[key]).length > 0) context.addIssue({ code: 'custom', path: [key], message })
  }
})
export type TenantFile = z.output<typeof tenantFileSchema>

export function toConfig(file: TenantFile, version: number): TenantConfig {
  return {
    tenant: file.tenant,
    version,
    credentials: file.credentials,
    directKeys: file.direct_keys.map(({ id, public_key: publicKey }) => ({ id, publicKey })),
    staticLabels: file.static_labels,
    rules: file.rules.map(toRule),
    limits: toLimits(file.limits),
    placement: file.placement,
    sinks: file.sinks,
    detection: toDetection(file.detection),
    alerting: toAlerting(file.alerting),
  }
}

/** A burst follows the rate unless it is given: five seconds' worth. */
const BURST_SECONDS = 5

function toLimits(raw: TenantFile['limits']): TenantLimits {
  const pointsPerSecond = raw.points_per_second ?? DEFAULT_LIMITS.pointsPerSecond
  const bytesPerSecond = raw.bytes_per_second ?? DEFAULT_LIMITS.bytesPerSecond
  const maxActiveSeries = raw.max_active_series ?? DEFAULT_LIMITS.maxActiveSeries
  return {
    pointsPerSecond,
    burstPoints: raw.burst_points ?? pointsPerSecond * BURST_SECONDS,
    bytesPerSecond,
    burstBytes: raw.burst_bytes ?? bytesPerSecond * BURST_SECONDS,
    maxActiveSeries,
    newSeriesPerSecond: raw.new_series_per_second ?? DEFAULT_LIMITS.newSeriesPerSecond,
    // To a gateway that has just started every series is new: it must let in what was there before.
    burstNewSeries: raw.burst_new_series ?? maxActiveSeries,
    maxRequestBytes: raw.max_request_bytes ?? DEFAULT_LIMITS.maxRequestBytes,
    maxPointsPerRequest: raw.max_points_per_request ?? DEFAULT_LIMITS.maxPointsPerRequest,
    maxLabelsPerSeries: raw.max_labels_per_series ?? DEFAULT_LIMITS.maxLabelsPerSeries,
    maxLabelNameBytes: raw.max_label_name_bytes ?? DEFAULT_LIMITS.maxLabelNameBytes,
    maxLabelValueBytes: raw.max_label_value_bytes ?? DEFAULT_LIMITS.maxLabelValueBytes,
    maxPointAgeMs: raw.max_point_age ?? DEFAULT_LIMITS.maxPointAgeMs,
    maxPointFutureMs: raw.max_point_future ?? DEFAULT_LIMITS.maxPointFutureMs,
    alertsPerSecond: raw.alerts_per_second ?? DEFAULT_LIMITS.alertsPerSecond,
    logEventsPerSecond: raw.log_events_per_second ?? DEFAULT_LIMITS.logEventsPerSecond,
    logBytesPerSecond: raw.log_bytes_per_second ?? DEFAULT_LIMITS.logBytesPerSecond,
    maxLogBytes: raw.max_log_bytes ?? DEFAULT_LIMITS.maxLogBytes,
  }
}

function unique<K extends string>(key: K) {
  return (items: readonly Readonly<Record<K, string>>[], context: z.core.$RefinementCtx): void => {
    repeated(items.map((item) => item[key])).forEach((index) =>
      context.addIssue({ code: 'custom', path: [index, key], message: `This ${key} stands in the list already.` }),
    )
  }
}

function uniqueItems(items: readonly string[], context: z.core.$RefinementCtx): void {
  repeated(items).forEach((index) =>
    context.addIssue({ code: 'custom', path: [index], message: 'This stands in the list already.' }),
  )
}

/** Ids name rules in the ledger, so a given one must not meet another rule's default either. */
function uniqueRuleIds(rules: readonly { readonly id?: string | undefined }[], context: z.core.$RefinementCtx): void {
  repeated(rules.map((rule, index) => rule.id ?? `rule_${index}`)).forEach((index) =>
    context.addIssue({ code: 'custom', path: [index, 'id'], message: 'Another rule has this id.' }),
  )
}

function repeated(values: readonly string[]): readonly number[] {
  return values.flatMap((value, index) => (values.indexOf(value) === index ? [] : [index]))
}
