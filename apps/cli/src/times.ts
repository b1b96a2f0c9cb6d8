import { parseDuration } from '@pegel/tenancy'
import { cliErrors } from './errors.ts'

/** A duration back from now, such as 2h, or an ISO time. @returns ms since the epoch */
export function parseTime(option: string, text: string, nowMs: number = Date.now()): number {
  const duration = parseDuration(text)
  if (duration !== undefined) return nowMs - duration
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw cliErrors.bad_option({ option, problem: `neither a duration nor a time: ${text}` })
  return time
}

/** How long a command may wait: a duration, or 0. @returns ms */
export function parseWait(text: string): number {
  const duration = text === '0' ? 0 : parseDuration(text)
  if (duration === undefined) throw cliErrors.bad_option({ option: '--wait', problem: `no duration: ${text}` })
  return duration
}
