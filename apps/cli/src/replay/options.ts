import { randomBytes } from 'node:crypto'
import { parseDuration } from '@pegel/tenancy'
import { cliErrors } from '../errors.ts'

/** Well below what a sink writes live. */
export const DEFAULT_RATE = '20000'

/** @returns points a second */
export function parseRate(text: string): number {
  const rate = Number(text.replace(/(?:points)?\/s$/, ''))
  if (!Number.isFinite(rate) || rate < 1)
    throw cliErrors.bad_option({ option: '--rate', problem: `not points a second, such as 5000: ${text}` })
  return rate
}

/** @returns ms */
export function parseWait(text: string): number {
  const duration = text === '0' ? 0 : parseDuration(text)
  if (duration === undefined) throw cliErrors.bad_option({ option: '--wait', problem: `no duration: ${text}` })
  return duration
}

/** Sorts by time, and can be typed. */
export function newId(what: 'replay' | 'drop', nowMs = Date.now()): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${what}-${time}-${randomBytes(3).toString('hex')}`
}
