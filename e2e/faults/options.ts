import { parseArgs } from 'node:util'

export interface FaultOptions {
  readonly seed: number
  /** Names, or beginnings of names that end in `*`; all when empty. */
  readonly only: readonly string[]
  readonly list: boolean
  readonly smoke: boolean
  /** So many pairs of faults instead of single ones; 0: none. */
  readonly pairs: number
  readonly json?: string
}

const DEFAULT_PAIRS = 10

export const USAGE = `npm run faults -- [--list] [--smoke] [--only NAME,…] [--seed N] [--pairs [N]] [--json FILE]
  --only    these scenarios alone; kill-* stands for all that begin so
  --seed    of all that is left to chance: when a fault strikes, how long it lasts, whom it hits; default 1
  --pairs   two faults at a time, as many pairs as named (10), chosen by the seed
  --smoke   six scenarios within three minutes\n`

export function readOptions(args: readonly string[]): FaultOptions {
  // A number after --pairs is optional.
  const known = args.flatMap((arg, at) =>
    arg === '--pairs' && !/^\d+$/.test(args[at + 1] ?? '') ? [arg, String(DEFAULT_PAIRS)] : [arg],
  )
  const { values } = parseArgs({
    args: [...known],
    options: {
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      list: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      pairs: { type: 'string', default: '0' },
      json: { type: 'string' },
    },
  })
  const { seed, only, list, smoke, pairs, json } = values
  return {
    ...{ seed: whole('seed', seed), pairs: whole('pairs', pairs), list, smoke },
    only: only.split(',').filter((name) => name !== ''),
    ...(json === undefined ? {} : { json }),
  }
}

function whole(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new TypeError(`--${name} must be a whole number, not ${text}`)
  return Number(text)
}

/** @throws when a name stands for nothing */
export function choose<S extends { readonly name: string }>(all: readonly S[], only: readonly string[]): readonly S[] {
  if (only.length === 0) return all
  const fits = (pattern: string, name: string): boolean =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
  for (const pattern of only) {
    if (!all.some(({ name }) => fits(pattern, name))) throw new TypeError(`there is no scenario ${pattern}; see --list`)
  }
  return all.filter(({ name }) => only.some((pattern) => fits(pattern, name)))
}
