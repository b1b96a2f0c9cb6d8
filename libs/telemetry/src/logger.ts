import pino from 'pino'
import { currentTrace, traceFields } from './tracing.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** Fields beyond the message; `tenant_id`, `trace_id` and `span_id` become top-level fields, all others go under `metadata`. */
export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger
}

export interface LoggerOptions {
  readonly service: string
  readonly level?: LogLevel | 'silent'
  /** Where lines go; standard output unless told. */
  readonly destination?: { write(line: string): void }
}

/** JSON lines {timestamp, level, service, tenant_id, message, metadata, trace_id, span_id}; the ids are the current span's unless given. */
export function createLogger(options: LoggerOptions): Logger {
  const settings: pino.LoggerOptions = {
    level: options.level ?? 'info',
    base: null,
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label.toUpperCase() }), bindings: () => ({}) },
    serializers: { err: pino.stdSerializers.err },
  }
  // Written at once: what pino keeps for later it writes at the end, and would never end if nobody reads any more.
  const root = pino(settings, options.destination ?? pino.destination({ dest: process.stdout.fd, sync: true }))
  return wrap(root, options.service, {})
}

const TOP_LEVEL = ['tenant_id', 'trace_id', 'span_id']

function wrap(root: pino.Logger, service: string, bound: LogFields): Logger {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: LogFields = {}): void => {
      if (root.isLevelEnabled(level)) root[level](shape(service, { ...bound, ...fields }), message)
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(root, service, { ...bound, ...fields }),
  }
}

function shape(service: string, fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = { service, ...traceFields(currentTrace()) }
  const metadata: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    if (TOP_LEVEL.includes(key)) line[key] = value
    else metadata[key] = value instanceof Error ? pino.stdSerializers.err(value) : value
  }
  if (Object.keys(metadata).length > 0) line.metadata = metadata
  return line
}
