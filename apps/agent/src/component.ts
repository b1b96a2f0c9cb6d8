import { baseConfig, duration, secret } from '@pegel/config'
import type { ComponentManifest } from '@pegel/service'
import { z } from 'zod'

const settings = z.object({
  PEGEL_AGENT_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:4318')
    .describe('Address of the gateway, without /v1/metrics.'),
  PEGEL_AGENT_KEY: secret().describe('API key of the tenant that the metrics belong to.'),
  PEGEL_AGENT_INTERVAL: duration({ min: 100, max: 3_600_000 })
    .default(10_000)
    .describe('Time between two readings, in ms or as 10s; an export is given up after as long.'),
})

export const component: ComponentManifest<typeof settings> = {
  name: 'agent',
  description: 'Measures the machine it runs on and sends it to a gateway.',
  topics: { in: [], out: [] },
  config: settings,
  metrics: [
    {
      name: 'pegel_agent_points_total',
      type: 'counter',
      help: 'Points sent, by whether they were acknowledged',
    },
  ],
}

/** The agent needs no Kafka, so of what all services share it takes these alone. */
export const agentConfig = settings.extend(
  baseConfig.pick({
    PEGEL_ADMIN_PORT: true,
    PEGEL_ADMIN_HOST: true,
    PEGEL_SHUTDOWN_DEADLINE_MS: true,
    MONITORING_LOG_LEVEL: true,
  }).shape,
)
export type AgentConfig = z.infer<typeof agentConfig>
