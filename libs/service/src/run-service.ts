import { environment } from '@pegel/config'
import type { BaseConfig } from '@pegel/config'
import { createLogger } from '@pegel/telemetry'
import type { Logger } from '@pegel/telemetry'
import type { z } from 'zod'
import { readRequest } from './arguments.ts'
import type { Component } from './component.ts'
import { hostComponent } from './host-component.ts'
import type { RunningComponent } from './host-component.ts'
import { setHeapGrowth } from './heap-growth.ts'

/** Exit codes: 0 stopped as asked, 1 failed, 2 refused its arguments or configuration, 128 + n ended at once by a second signal. */
const FAILED = 1
const REFUSED = 2
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const
/** Beyond the drain deadline: closing clients and the admin port. After it the process ends regardless. */
const CLOSING_MS = 5000

/**
 * Runs a component as this process, to its end: arguments, configuration, start, signals, exit.
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
  const base: BaseConfig = request.config
  const log = createLogger({ service: component.name, level: base.MONITORING_LOG_LEVEL })
  endOnBugs(log)
  const stopped = new AbortController()
  const running: { started?: Promise<RunningComponent> } = {}
  endOnSignals({ log, deadlineMs: base.PEGEL_SHUTDOWN_DEADLINE_MS, stopped, running })
  try {
    running.started = hostComponent({ component, config: request.config, log, signal: stopped.signal })
    await running.started
  } catch (error) {
    if (stopped.signal.aborted) return
    log.error('could not start', { error })
    process.exit(FAILED)
  }
}

interface SignalOptions {
  readonly log: Logger
  readonly deadlineMs: number
  readonly stopped: AbortController
  readonly running: { readonly started?: Promise<RunningComponent> }
}

function endOnSignals({ log, deadlineMs, stopped, running }: SignalOptions): void {
  const end = async (signal: string): Promise<void> => {
    log.info('stopping', { signal, deadlineMs })
    const timer = setTimeout(() => {
      log.error('did not stop within the deadline', { deadlineMs })
      process.exit(FAILED)
    }, deadlineMs + CLOSING_MS)
    timer.unref()
    stopped.abort(new Error(`stopped by ${signal}`))
    const component = await running.started?.catch(() => undefined)
    await component?.stop()
    log.info('stopped')
    process.exit(0)
  }
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (stopped.signal.aborted) process.exit(code)
      end(signal).catch((error: unknown) => {
        log.error('could not stop cleanly', { error })
        process.exit(FAILED)
      })
    })
  }
}

/** An error that nobody caught leaves the process in a state that nobody knows: end it, and let the supervisor start a new one. */
function endOnBugs(log: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error: unknown) => {
      log.error(event === 'uncaughtException' ? 'uncaught exception' : 'unhandled rejection', { error })
      process.exit(FAILED)
    })
  }
}
