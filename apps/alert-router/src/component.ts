import type { Component } from '@pegel/service'
import { AlertRouterModule } from './app.module.ts'
import { routerConfig } from './config.ts'
import { ROUTER_METRICS } from './router-metrics.ts'
import { ALERTS_TOPIC, STATE_TOPIC } from './topics.ts'

/** The manifest: hosts run it, the reference pages are made from it. */
export const component: Component<typeof routerConfig> = {
  name: 'alert-router',
  description: 'Groups, routes and escalates alerts until somebody takes care, and tells people over their channels',
  topics: { in: [ALERTS_TOPIC, STATE_TOPIC], out: [STATE_TOPIC, ALERTS_TOPIC] },
  config: routerConfig,
  metrics: ROUTER_METRICS,
  module: AlertRouterModule,
}
