import type { LoggerService, NestApplicationOptions } from '@nestjs/common'
import type { Logger } from '@pegel/telemetry'

/** Nest's own lines in our format. What Nest calls `log` is news to its developers only: debug here. */
export function createNestLogger(log: Logger): LoggerService {
  const at =
    (write: (message: string, fields: Readonly<Record<string, unknown>>) => void) =>
    (message: unknown, ...rest: readonly unknown[]): void => {
      const text =
        message instanceof Error ? message.message : typeof message === 'string' ? message : JSON.stringify(message)
      write(text, { nest: rest.at(-1), ...(message instanceof Error ? { error: message } : {}) })
    }
  const debug = at((message, fields) => log.debug(message, fields))
  const error = at((message, fields) => log.error(message, fields))
  return {
    log: debug,
    debug,
    verbose: debug,
    warn: at((message, fields) => log.warn(message, fields)),
    error,
    fatal: error,
  }
}

/** How every Nest application of Pegel is created: our log lines, and errors thrown to whoever starts it. */
export function nestOptions(log: Logger): Readonly<NestApplicationOptions> {
  return { logger: createNestLogger(log), abortOnError: false }
}
