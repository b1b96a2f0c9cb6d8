import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { cliErrors } from '../errors.ts'

/** Well below what a sink writes live. */
const DEFAULT_RATE = '20000'

export interface SendOptions {
  readonly dryRun: boolean
  readonly rate: string
  readonly wait: string
}

/** The options of every command that sends records to sinks again. */
export function addSendOptions(command: Command): Command {
  return command
    .option('--dry-run', 'say what would be sent, and send nothing', false)
    .option('--rate <points/s>', 'points a second that are sent at most', DEFAULT_RATE)
    .option('--wait <duration>', 'how long the sinks may take to write it before the command ends', '30s')
}

/** @returns points a second */
export function parseRate(text: string): number {
  const rate = Number(text.replace(/(?:points)?\/s$/, ''))
  if (!Number.isFinite(rate) || rate < 1)
    throw cliErrors.bad_option({ option: '--rate', problem: `not points a second, such as 5000: ${text}` })
  return rate
}

/** Sorts by time, and can be typed. */
export function newId(what: 'replay' | 'drop', nowMs = Date.now()): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${what}-${time}-${randomBytes(3).toString('hex')}`
}
