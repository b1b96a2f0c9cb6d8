import { duration, integer, list, secret } from '@pegel/config'
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
  PEGEL_AGENT_PROCESSES: integer({ min: 0, max: 500 })
    .default(10)
    .describe('How many processes are measured: so many by CPU time, and so many by memory. 0: none.'),
  PEGEL_AGENT_PROCESS_NAMES: list()
    .optional()
    .describe('Names of processes that are measured besides, separated by commas; * stands for anything. 200 at most.'),
  PEGEL_AGENT_CONTAINERS: integer({ min: 0, max: 5000 })
    .default(200)
    .describe('How many containers are measured, by their cgroups (v2). 0: none.'),
  PEGEL_AGENT_ROOT: z
    .string()
    .startsWith('/')
    .default('/')
    .describe(
      "Where the machine's root is, for an agent in a container: /host, with /host/proc and /host/sys below it.",
    ),
  NODE_NAME: z.string().optional().describe("Kubernetes' name of the node, from the downward API (spec.nodeName)."),
  POD_NAME: z.string().optional().describe("Name of the agent's pod, from the downward API (metadata.name)."),
  POD_NAMESPACE: z
    .string()
    .optional()
    .describe("Namespace of the agent's pod, from the downward API; else that of its service account."),
  POD_UID: z.string().optional().describe("Id of the agent's pod, from the downward API; else as its cgroup tells."),
})

export type AgentConfig = z.infer<typeof agentConfig>
