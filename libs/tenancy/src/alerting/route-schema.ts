import { z } from 'zod'
import type { RouteConfig } from './alerting-config.ts'
import { alertingName } from './channels/common.ts'
import { matchersSchema } from './matcher.ts'
import { durationSchema, durationOrZero } from './duration-schema.ts'

/** Alertmanager's own defaults. */
const DEFAULTS = { groupBy: [], groupWaitMs: 30_000, groupIntervalMs: 300_000, repeatIntervalMs: 4 * 3_600_000 }

const shape = {
  receiver: alertingName.optional(),
  group_by: z.array(z.string().min(1)).optional(),
  group_wait: durationOrZero.optional(),
  group_interval: durationSchema.optional(),
  repeat_interval: durationSchema.optional(),
}

export interface RawRoute {
  readonly receiver?: string | undefined
  readonly group_by?: readonly string[] | undefined
  readonly group_wait?: number | undefined
  readonly group_interval?: number | undefined
  readonly repeat_interval?: number | undefined
  readonly matchers?: z.output<typeof matchersSchema> | undefined
  readonly continue?: boolean | undefined
  readonly mute_time_intervals?: readonly string[] | undefined
  readonly active_time_intervals?: readonly string[] | undefined
  readonly routes: readonly RawRoute[]
}

const childRoute: z.ZodType<RawRoute> = z.strictObject({
  ...shape,
  matchers: matchersSchema.optional(),
  continue: z.boolean().optional(),
  mute_time_intervals: z.array(alertingName).optional(),
  active_time_intervals: z.array(alertingName).optional(),
  routes: z.lazy(() => z.array(childRoute)).default([]),
})

/** The root takes every alert: it has a receiver, no matchers and no time intervals. */
export const rootRoute = z.strictObject({ ...shape, receiver: alertingName, routes: z.array(childRoute).default([]) })

export function toRoute(raw: RawRoute, parent?: RouteConfig): RouteConfig {
  const base = parent ?? { ...DEFAULTS, receiver: '' }
  const route: Omit<RouteConfig, 'routes'> = {
    receiver: raw.receiver ?? base.receiver,
    matchers: (raw.matchers ?? []).flat(),
    // As in Alertmanager, an empty list says nothing.
    groupBy: raw.group_by === undefined || raw.group_by.length === 0 ? base.groupBy : raw.group_by,
    continue: raw.continue ?? false,
    groupWaitMs: raw.group_wait ?? base.groupWaitMs,
    groupIntervalMs: raw.group_interval ?? base.groupIntervalMs,
    repeatIntervalMs: raw.repeat_interval ?? base.repeatIntervalMs,
    muteTimeIntervals: raw.mute_time_intervals ?? [],
    activeTimeIntervals: raw.active_time_intervals ?? [],
  }
  return { ...route, routes: raw.routes.map((child) => toRoute(child, { ...route, routes: [] })) }
}

/** What a route below the root may have besides. */
export const CHILD_ROUTE_KEYS = ['matchers', 'continue', 'mute_time_intervals', 'active_time_intervals'] as const
