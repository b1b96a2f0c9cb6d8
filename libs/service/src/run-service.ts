import cluster from 'node:cluster'
import { environment, workerNumber } from '@pegel/config'
import type { BaseConfig } from '@pegel/config'
import { createLogger } from '@pegel/telemetry'
import type { z } from 'zod'
import { readRequest } from './arguments.ts'
import type { Component } from './component.ts'
import { hostComponent } from './host-component.ts'
import type { RunningComponent } from './host-component.ts'
import { setHeapGrowth } from './heap-growth.ts'
import { endOnBugs, endOnSignals, FAILED } from './process-end.ts'
import type { Ending } from './process-end.ts'
import { hostWorkers } from './workers/host-workers.ts'
import { answerPrimary, onStop, sayListening } from './workers/worker-side.ts'

const REFUSED = 2

/**
 * Runs a component as this process, to its end: arguments, configuration, start, signals, exit. With PEGEL_WORKERS above 1 it starts
 * so many processes like itself, which share the ports that they listen on.
 * @example await runService(component)
 */
export async function runService<S extends z.ZodObject>(component: Component<S>): Promise<void> {
  setHeapGrowth(component.heapGrowthPercent)
  const request = readRequest(component, process.argv.slice(2), environment())
  if (request.kind !== 'run') {
    const stream = request.kind === 'print' ? process.stdout : process.stderr
    stream.write(request.text)
    process.exitCode = request.kind === 'print' ? 0 : REFUSED
    return
  }
  const config: BaseConfig & { readonly PEGEL_WORKERS?: number } = request.config
  const log = createLogger({ service: component.name, level: config.MONITORING_LOG_LEVEL })
  endOnBugs(log)
  const { PEGEL_WORKERS: workers = 1, PEGEL_SHUTDOWN_DEADLINE_MS: deadlineMs } = config
  const ending = { log, deadlineMs }
  if (workers > 1 && cluster.isPrimary) await runWorkers(component.name, workers, config, ending)
  else await runAlone(component, request.config, ending)
}

async function runAlone<S extends z.ZodObject>(
  component: Component<S>,
  config: z.infer<S> & BaseConfig,
  ending: Pick<Ending, 'log' | 'deadlineMs'>,
): Promise<void> {
  const { log } = ending
  const stopped = new AbortController()
  const running: { started?: Promise<RunningComponent> } = {}
  const stop = async (): Promise<boolean> => {
    stopped.abort(new Error('stopped'))
    const started = await running.started?.catch(() => undefined)
    await started?.stop()
    return true
  }
  if (cluster.isWorker) onStop(endOnSignals({ ...ending, stop, patient: true }))
  else endOnSignals({ ...ending, stop })
  const asWorker = cluster.isWorker ? { worker: workerNumber(environment()), openAdmin: answerPrimary } : {}
  try {
    running.started = hostComponent({ component, config, log, signal: stopped.signal, ...asWorker })
    await running.started
    if (cluster.isWorker) sayListening()
  } catch (error) {
    if (stopped.signal.aborted) return
    log.error('could not start', { error })
    process.exit(FAILED)
  }
}

async function runWorkers(
  service: string,
  count: number,
  config: BaseConfig,
  ending: Pick<Ending, 'log' | 'deadlineMs'>,
): Promise<void> {
  const { log } = ending
  const workers = await hostWorkers(service, count, config, log).catch((error: unknown) => {
    log.error('could not start', { error })
    process.exit(FAILED)
  })
  process.once('exit', () => workers.kill())
  endOnSignals({ ...ending, stop: () => workers.stop() })
  await workers.failed
  log.error('could not start: a worker failed to')
  process.exit(FAILED)
}
