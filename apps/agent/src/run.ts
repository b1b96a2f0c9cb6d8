import type { AddressInfo } from 'node:net'
import { messageOf } from '@pegel/errors'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { startAdminServer } from './admin-server.ts'
import { createAgent } from './agent.ts'
import { component } from './component.ts'
import type { AgentConfig } from './component.ts'
import type { Host } from './host.ts'

export interface RunningAgent {
  readonly adminPort: number
  /** Sends a last reading, within the deadline. */
  stop(): Promise<void>
}

/** The agent with its admin port, ready to be stopped. */
export async function runAgent(config: AgentConfig, host: Host): Promise<RunningAgent> {
  const log = createLogger({ service: component.name, level: config.MONITORING_LOG_LEVEL })
  const metrics = createMetrics({ service: component.name })
  const agent = createAgent({ config, host, log, metrics })
  const server = await startAdminServer({
    host: config.PEGEL_ADMIN_HOST,
    port: config.PEGEL_ADMIN_PORT,
    metrics,
    check: () => agent.check(),
  })
  const adminPort = (server.address() as AddressInfo).port
  agent.start()
  log.info('listening', { adminPort, endpoint: config.PEGEL_AGENT_ENDPOINT })
  return {
    adminPort,
    async stop() {
      await agent.stop(config.PEGEL_SHUTDOWN_DEADLINE_MS).catch((error: unknown) => {
        log.warn('the last reading was not sent', { error: messageOf(error) })
      })
      server.closeAllConnections()
      server.close()
    },
  }
}
