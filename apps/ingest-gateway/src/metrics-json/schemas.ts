import { z } from 'zod'

/**
 * The shapes of a point in JSON. What a request is checked by and what /openapi.json says are both made from these; nothing
 * here may depend on more than zod, as tools read it too. Unknown keys are refused: a mistyped one would be lost without a word.
 */
const timestamp = z
  .union([z.iso.datetime({ offset: true, local: false }), z.number()], {
    error: 'expected ISO 8601 with a time zone, or milliseconds since 1970',
  })
  .describe('ISO 8601 with a time zone, or milliseconds since 1970; fractions down to nanoseconds. Default: now.')
const label = z.union([z.string(), z.number(), z.boolean()], { error: 'expected a text, a number or a boolean' })
const labels = z.record(z.string(), label)

const head = {
  timestamp: timestamp.optional(),
  tenant_id: z.string().optional().describe('If given, it must be the tenant of the credential.'),
  labels: labels.optional().describe('Names and values that tell series apart.'),
  attributes: labels.optional().describe('The same as labels; of a name in both, this one counts.'),
}
const named = {
  name: z.string().min(1).describe('Name of the metric.'),
  unit: z.string().optional().describe('UCUM, for example s, By or {request}.'),
  ...head,
}
const accumulating = {
  temporality: z
    .enum(['cumulative', 'delta'])
    .optional()
    .describe('cumulative (default): since start. delta: since the last point.'),
  start: timestamp.optional().describe('When it began to count; as timestamp.'),
}
const count = z.int().nonnegative()
const spread = { sum: z.number().optional(), min: z.number().optional(), max: z.number().optional() }
const buckets = z.strictObject({ offset: z.int(), counts: z.array(count) })

/** By the value of `type`; without it, gauge. */
export const pointSchemas = {
  gauge: z.strictObject({
    type: z.literal('gauge').optional(),
    value: z
      .union([z.number(), z.boolean()], { error: 'expected a number or a boolean' })
      .describe('Booleans are kept as 1 and 0.'),
    ...named,
  }),
  counter: z.strictObject({ type: z.literal('counter'), value: z.number(), ...named, ...accumulating }),
  up_down_counter: z.strictObject({ type: z.literal('up_down_counter'), value: z.number(), ...named, ...accumulating }),
  histogram: z.strictObject({
    type: z.literal('histogram'),
    value: z.strictObject({
      count,
      ...spread,
      bounds: z.array(z.number()).describe('Upper bounds, ascending.'),
      counts: z.array(count).describe('Of each bucket by itself; one more than bounds, the last beyond them.'),
    }),
    ...named,
    ...accumulating,
  }),
  exponential_histogram: z.strictObject({
    type: z.literal('exponential_histogram'),
    value: z.strictObject({
      count,
      ...spread,
      scale: z.int().min(-10).max(20),
      zero_count: count.optional(),
      zero_threshold: z.number().nonnegative().optional(),
      positive: buckets.optional(),
      negative: buckets.optional(),
    }),
    ...named,
    ...accumulating,
  }),
  summary: z.strictObject({
    type: z.literal('summary'),
    value: z.strictObject({
      count,
      sum: z.number(),
      quantiles: z.array(z.strictObject({ quantile: z.number().min(0).max(1), value: z.number() })),
    }),
    ...named,
    start: timestamp.optional(),
  }),
} as const

/** What an AI service reports at once: each key is a gauge of its name. */
export const aiMetrics = z.strictObject({
  model_inference_time: z.number().optional(),
  recommendation_accuracy: z.number().optional(),
  user_engagement_score: z.number().optional(),
  ...head,
})

/** What the business reports at once: each key is a gauge of its name. */
export const businessMetrics = z.strictObject({
  tracks_generated: z.number().optional(),
  artist_collaborations: z.number().optional(),
  revenue_impact: z.number().optional(),
  ...head,
})

export type PointType = keyof typeof pointSchemas
export type JsonPoint = { [T in PointType]: z.infer<(typeof pointSchemas)[T]> }[PointType]
export type MetricSet = z.infer<typeof aiMetrics> & z.infer<typeof businessMetrics>
export type PointHead = Pick<JsonPoint, 'timestamp' | 'tenant_id' | 'labels' | 'attributes'>

export const AI_NAMES = ['model_inference_time', 'recommendation_accuracy', 'user_engagement_score'] as const
export const BUSINESS_NAMES = ['tracks_generated', 'artist_collaborations', 'revenue_impact'] as const

/** A point that was refused, where it stood: `index` in an array from 0, `line` of NDJSON from 1. */
export const rejection = z.strictObject({
  index: z.int().nonnegative().optional(),
  line: z.int().positive().optional(),
  code: z.string(),
  message: z.string(),
})

/** The answer to points, and, with `code` and `message`, to a request of which nothing was taken. */
export const answer = z.strictObject({
  code: z.string().optional(),
  message: z.string().optional(),
  received: z.int().nonnegative(),
  accepted: z.int().nonnegative(),
  refused: z.int().nonnegative(),
  rejected: z.array(rejection).describe('The first 100.'),
})

export const failure = z.strictObject({
  code: z.string().describe('Stable, for example gateway.rate_limited.'),
  message: z.string().describe('What happened and what to change.'),
})
