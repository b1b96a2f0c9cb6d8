import type {
  AlertingConfig,
  ChannelConfig,
  EscalationConfig,
  PersonConfig,
  ReceiverConfig,
  ScheduleConfig,
} from '@pegel/tenancy'
import { compileRoutes } from './routing/route-tree.ts'
import type { Route } from './routing/route-tree.ts'
import { TimeIntervals } from './timing/time-intervals.ts'

/** A tenant's section `alerting`, compiled. */
export interface AlertPlan {
  readonly tenant: string
  readonly config: AlertingConfig
  readonly root: Route | undefined
  readonly intervals: TimeIntervals
  readonly receivers: ReadonlyMap<string, ReceiverConfig>
  readonly channels: ReadonlyMap<string, ChannelConfig>
  readonly escalations: ReadonlyMap<string, EscalationConfig>
  readonly people: ReadonlyMap<string, PersonConfig>
  readonly schedules: ReadonlyMap<string, ScheduleConfig>
}

export function compilePlan(tenant: string, config: AlertingConfig): AlertPlan {
  return {
    ...{ tenant, config },
    root: config.route === undefined ? undefined : compileRoutes(config.route),
    intervals: new TimeIntervals(config.timeIntervals),
    receivers: byName(config.receivers),
    channels: byName<ChannelConfig>(config.channels),
    escalations: byName(config.escalations),
    people: byName(config.people),
    schedules: byName(config.schedules),
  }
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.name, item]))
}
