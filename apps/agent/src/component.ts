import type { Component } from '@pegel/service'
import { POINTS_METRIC } from './agent.ts'
import { AgentModule } from './app.module.ts'
import { agentConfig } from './config.ts'

/** The manifest: hosts run it, the reference pages are made from it. No topics: the agent has nothing to do with Kafka. */
export const component: Component<typeof agentConfig> = {
  name: 'agent',
  description: 'Measures the machine that it runs on and sends it to a gateway as a tenant of its own, over OTLP.',
  topics: { in: [], out: [] },
  config: agentConfig,
  metrics: [POINTS_METRIC],
  module: AgentModule,
}
