import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { parseDuration } from '@pegel/tenancy'

export interface FuzzOptions {
  readonly forMs: number
  readonly seed: number
  /** Names of attacks; all when empty. */
  readonly only: readonly string[]
  /** This attempt alone, of the one attack that is named. */
  readonly attempt: number | undefined
  readonly list: boolean
}

export const USAGE = `npm run fuzz -- [--for 10m | --seconds 600] [--seed N] [--only NAME,…] [--attempt N] [--list]
  --for      how long
  --seed     what is sent follows from it, the name of an attack and the number of an attempt; printed at the start
  --only     these attacks alone
  --attempt  one attempt of one attack, as a finding names it\n`

const MAX_SEED = 2 ** 31

/** @throws TypeError for a wrong command line */
export function readOptions(args: readonly string[]): FuzzOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      for: { type: 'string', default: '10m' },
      seconds: { type: 'string' },
      seed: { type: 'string', default: String(randomInt(MAX_SEED)) },
      only: { type: 'string', default: '' },
      attempt: { type: 'string' },
      list: { type: 'boolean', default: false },
    },
  })
  const forMs = values.seconds === undefined ? parseDuration(values.for) : whole('seconds', values.seconds) * 1000
  if (forMs === undefined || forMs === 0)
    throw new TypeError('--for must be a duration such as 20s, --seconds more than 0')
  return {
    ...{ forMs, seed: whole('seed', values.seed), list: values.list },
    only: values.only.split(',').filter((name) => name !== ''),
    attempt: values.attempt === undefined ? undefined : whole('attempt', values.attempt),
  }
}

function whole(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new TypeError(`--${name} must be a whole number, not ${text}`)
  return Number(text)
}
