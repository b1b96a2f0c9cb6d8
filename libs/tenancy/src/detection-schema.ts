import { z } from 'zod'
import type {
  AlertChoice,
  DerivedName,
  DetectionConfig,
  DetectionKind,
  MaintenanceWindow,
  WatchRule,
} from './detection-config.ts'
import { parseDuration } from './duration.ts'
import { regexProblem } from './relabel-regex.ts'

const KINDS = ['anomaly', 'drift', 'forecast'] as const satisfies readonly DetectionKind[]
const DERIVED = [
  'value',
  'rate',
  'mean',
  'p50',
  'p90',
  'p95',
  'p99',
  'distribution',
] as const satisfies readonly DerivedName[]
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const MAX_WATCHES = 200

export const DEFAULT_MAX_SERIES = 10_000
export const DEFAULT_GROUP_WINDOW_MS = 120_000

const regex = z.string().superRefine((text, context) => {
  const problem = regexProblem(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})
const duration = z
  .string()
  .transform((text) => parseDuration(text) ?? Number.NaN)
  .refine((ms) => ms > 0, 'Write a duration such as 30s, 10m, 1h30m or 7d.')
const time = z
  .union([z.string(), z.date()])
  .transform((value) => new Date(value).getTime())
  .refine((ms) => !Number.isNaN(ms), 'Write a time such as 2026-11-22T22:00:00Z.')
const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_]{0,62}$/, 'Use lower-case letters, digits and underscores, at most 63 of them.')

const alert = z.strictObject({
  severity: z.enum(['critical', 'warning', 'info', 'security']).default('warning'),
  on: z
    .array(z.enum(KINDS))
    .min(1)
    .default([...KINDS]),
  name: z.string().min(1).max(128).optional(),
})

const watch = z.strictObject({
  id,
  metric: regex,
  match: z.record(z.string().min(1), regex).default({}),
  ignore: z.boolean().default(false),
  values: z.array(z.enum(DERIVED)).min(1).optional(),
  direction: z.enum(['up', 'down', 'both']).default('both'),
  min_deviation: z.number().min(0).default(0),
  min_deviation_relative: z.number().min(0).default(0),
  sensitivity: z.number().min(0.1).max(10).default(1),
  season: z.boolean().default(false),
  drift: z.boolean().default(false),
  forecast: z
    .strictObject({
      threshold: z.number(),
      direction: z.enum(['up', 'down']).default('up'),
      within: duration.default(24 * 3_600_000),
    })
    .optional(),
  alert: z.union([z.literal(false), alert]).optional(),
})

const maintenance = z.union([
  z
    .strictObject({ metric: regex.default('.*'), from: time, to: time })
    .refine(({ from, to }) => to > from, { path: ['to'], message: 'It must end after it began.' }),
  z.strictObject({
    metric: regex.default('.*'),
    days: z
      .array(z.enum(DAYS))
      .min(1)
      .default([...DAYS]),
    start: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time of day in UTC such as 02:30.'),
    for: duration.refine((ms) => ms <= 86_400_000, 'A repeated window lasts a day at most.'),
  }),
])

/** The section `detection` of a tenant's file as it is written. */
export const detectionSchema = z.strictObject({
  enabled: z.boolean().default(true),
  built_in: z.boolean().default(true),
  max_series: z.int().min(0).max(1_000_000).default(DEFAULT_MAX_SERIES),
  group_window: duration.default(DEFAULT_GROUP_WINDOW_MS),
  alert: alert.optional(),
  watch: z.array(watch).max(MAX_WATCHES).superRefine(uniqueIds).default([]),
  maintenance: z.array(maintenance).default([]),
})
type RawDetection = z.output<typeof detectionSchema>

/** What a tenant has whose file says nothing. */
export const DEFAULT_DETECTION: DetectionConfig = toDetection(detectionSchema.parse({}))

export function toDetection(raw: RawDetection): DetectionConfig {
  return {
    enabled: raw.enabled,
    builtIn: raw.built_in,
    maxSeries: raw.max_series,
    groupWindowMs: raw.group_window,
    alert: raw.alert === undefined ? undefined : toAlert(raw.alert),
    watch: raw.watch.map(toWatch),
    maintenance: raw.maintenance.map(toWindow),
  }
}

function toWatch(raw: RawDetection['watch'][number]): WatchRule {
  const { min_deviation: minDeviation, min_deviation_relative: minDeviationRelative, forecast } = raw
  const { metric, match, ignore, values, direction, sensitivity, season, drift } = raw
  return {
    ...{ id: raw.id, metric, match, ignore, values, direction, minDeviation, minDeviationRelative },
    ...{ sensitivity, season, drift },
    forecast:
      forecast === undefined
        ? undefined
        : { threshold: forecast.threshold, rising: forecast.direction === 'up', withinMs: forecast.within },
    alert: raw.alert === undefined ? undefined : raw.alert === false ? null : toAlert(raw.alert),
  }
}

function toAlert({ severity, on, name }: z.output<typeof alert>): AlertChoice {
  return { severity, on, name }
}

function toWindow(raw: RawDetection['maintenance'][number]): MaintenanceWindow {
  if ('from' in raw) return { metric: raw.metric, fromMs: raw.from, toMs: raw.to }
  const [hours = 0, minutes = 0] = raw.start.split(':').map(Number)
  const days = raw.days.map((day) => DAYS.indexOf(day))
  return { metric: raw.metric, days, startMinute: hours * 60 + minutes, lengthMs: raw.for }
}

function uniqueIds(rules: readonly { readonly id: string }[], context: z.core.$RefinementCtx): void {
  const ids = rules.map((rule) => rule.id)
  ids.forEach((each, index) => {
    if (ids.indexOf(each) !== index)
      context.addIssue({ code: 'custom', path: [index, 'id'], message: 'This id stands in the list already.' })
  })
}
