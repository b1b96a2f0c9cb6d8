import type { BaseConfig } from '@pegel/config'
import { createMetrics, mergeMetrics } from '@pegel/telemetry'
import type { CollectedMetric, Logger } from '@pegel/telemetry'
import { startAdminServer } from '../admin-server.ts'
import type { Readiness } from '../health.ts'
import { mergeReadiness } from './merge-readiness.ts'
import { WorkerPool } from './worker-pool.ts'
import type { WorkerEnd } from './worker-process.ts'

export interface RunningWorkers {
  /** Resolves, with how a worker ended, when the service cannot be started. */
  readonly failed: Promise<WorkerEnd>
  /** @returns whether all workers drained and ended well */
  stop(): Promise<boolean>
  /** Ends what still runs, at once. */
  kill(): void
}

const NO_ANSWER: Readiness = {
  status: 'not_ready',
  checks: { answers: { status: 'failed', tookMs: 0, problem: 'no answer' } },
}

/** Starts a service as `count` workers, each a process with all of it; this one has the admin port and answers for them. */
export async function hostWorkers(
  service: string,
  count: number,
  config: BaseConfig,
  log: Logger,
): Promise<RunningWorkers> {
  const metrics = createMetrics({ service })
  const pool = new WorkerPool({ count, log, metrics })
  let stopping = false
  const ask = async (): Promise<Readiness> => {
    if (stopping) return { status: 'stopping', checks: {} }
    const answers = await pool.ask('readiness')
    return mergeReadiness(new Map([...answers].map(([number, answer]) => [number, answer ?? NO_ANSWER])))
  }
  const expose = async (): Promise<string> => {
    const parts: Record<string, readonly CollectedMetric[]> = { primary: await metrics.collect() }
    for (const [number, answer] of await pool.ask('metrics'))
      if (answer === undefined) log.warn('a worker did not say what it counts', { worker: number })
      else parts[number] = answer
    return mergeMetrics(parts)
  }
  const admin = await startAdminServer({
    health: { ask },
    metrics: config.MONITORING_ENABLED ? { expose, contentType: metrics.contentType } : null,
    log,
    host: config.PEGEL_ADMIN_HOST,
    port: config.PEGEL_ADMIN_PORT,
  })
  log.info('starting workers', { workers: count, adminPort: admin.port })
  pool.start(admin.port)
  return {
    failed: pool.failed,
    async stop() {
      stopping = true
      const well = await pool.stop()
      await admin.close()
      return well
    },
    kill: () => pool.kill(),
  }
}
