import { duration, secret } from '@pegel/config'
import { z } from 'zod'

export const agentConfig = z.object({
  PEGEL_AGENT_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:4318')
    .describe('Address of the gateway, without /v1/metrics.'),
  PEGEL_AGENT_KEY: secret().describe('API key of the tenant that the metrics belong to.'),
  PEGEL_AGENT_INTERVAL: duration({ min: 100, max: 3_600_000 })
    .default(10_000)
    .describe('Time between two readings, in ms or as 10s; an export is given up after as long.'),
})

export type AgentConfig = z.infer<typeof agentConfig>
