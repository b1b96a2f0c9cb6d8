import type { Logger } from '@pegel/telemetry'
import kafkajs, { type LogEntry, type logCreator } from 'kafkajs'

const REPEAT_AFTER_MS = 30_000
const MAX_REMEMBERED = 200

/**
 * kafkajs' own lines through our logger, one or two levels lower: what it calls an error (a rebalance, a broker that is
 * restarting) is its normal life, and whoever called it reports what really failed. A line that repeats, as while a
 * broker is down, is a warning every half minute and otherwise for debugging.
 */
export function kafkaLogCreator(log: Logger, quiet: () => boolean): logCreator {
  const lastAt = new Map<string, number>()
  const isRepeated = (message: string): boolean => {
    const now = Date.now()
    if (now - (lastAt.get(message) ?? -Infinity) < REPEAT_AFTER_MS) return true
    if (lastAt.size >= MAX_REMEMBERED) lastAt.clear()
    lastAt.set(message, now)
    return false
  }
  return () =>
    ({ namespace, level, log: entry }: LogEntry) => {
      if (level > kafkajs.logLevel.WARN) return
      const { broker, groupId, error } = entry as Record<string, unknown>
      const message = `kafkajs: ${entry.message}`
      const fields = { from: namespace, broker, groupId, error }
      if (level === kafkajs.logLevel.ERROR && !quiet() && !isRepeated(message)) log.warn(message, fields)
      else log.debug(message, fields)
    }
}
