import type { Logger } from '@pegel/telemetry'
import type { LogEntry, logCreator } from 'kafkajs'

const KAFKAJS_ERROR = 1
const KAFKAJS_WARN = 2

/**
 * kafkajs' own lines through our logger, one or two levels lower: what it calls an error (a rebalance, a broker that is
 * restarting) is its normal life, and whoever called it reports what really failed.
 */
export function kafkaLogCreator(log: Logger, quiet: () => boolean): logCreator {
  return () =>
    ({ namespace, level, log: entry }: LogEntry) => {
      const { message, broker, groupId, error } = entry as Record<string, unknown>
      const fields = { from: namespace, broker, groupId, error }
      if (level === KAFKAJS_ERROR && !quiet()) log.warn(`kafkajs: ${String(message)}`, fields)
      else if (level <= KAFKAJS_WARN) log.debug(`kafkajs: ${String(message)}`, fields)
    }
}
