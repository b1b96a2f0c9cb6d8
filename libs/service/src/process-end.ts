import type { Logger } from '@pegel/telemetry'

/** Exit codes: 0 stopped as asked, 1 failed, 2 refused its arguments or configuration, 128 + n ended at once by a second signal. */
export const FAILED = 1
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const
/** Beyond the drain deadline: closing clients and the admin port. After it the process ends regardless. */
const CLOSING_MS = 5000

export interface Ending {
  readonly log: Logger
  readonly deadlineMs: number
  /** Drains and closes everything. @returns whether that went well */
  readonly stop: () => Promise<boolean>
  /** A second signal changes nothing: whoever started this process says when it is to end at once. Default false. */
  readonly patient?: boolean
}

/** Stops in good order at the first signal. @returns what does the same without a signal */
export function endOnSignals({ log, deadlineMs, stop, patient = false }: Ending): () => void {
  let stopping = false
  const end = async (signal: string | undefined): Promise<void> => {
    stopping = true
    log.info('stopping', { signal, deadlineMs })
    const timer = setTimeout(() => {
      log.error('did not stop within the deadline', { deadlineMs })
      process.exit(FAILED)
    }, deadlineMs + CLOSING_MS)
    timer.unref()
    const well = await stop()
    log.info('stopped')
    process.exit(well ? 0 : FAILED)
  }
  const begin = (signal?: string): void => {
    end(signal).catch((error: unknown) => {
      log.error('could not stop cleanly', { error })
      process.exit(FAILED)
    })
  }
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (!stopping) begin(signal)
      else if (!patient) process.exit(code)
    })
  }
  return () => {
    if (!stopping) begin()
  }
}

/** An error that nobody caught leaves the process in a state that nobody knows: end it, and let the supervisor start a new one. */
export function endOnBugs(log: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error: unknown) => {
      log.error(event === 'uncaughtException' ? 'uncaught exception' : 'unhandled rejection', { error })
      process.exit(FAILED)
    })
  }
}
