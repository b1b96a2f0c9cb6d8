import { parseArgs } from 'node:util'

export interface DemoOptions {
  /** Stop by itself after this time and check every backend; undefined: run until Ctrl-C. */
  readonly forMs: number | undefined
  /** Kill every service and restart the broker meanwhile. */
  readonly chaos: boolean
  /** Given to `pegel run`. */
  readonly target: string
  /** Of the shop's counters and histograms. */
  readonly temporality: 'delta' | 'cumulative'
}

export const USAGE = `npm run demo [-- OPTIONS]
  --for DURATION          stop after this time (60s, 2m), then ask every backend for what was sent; exit 1 when anything differs
  --chaos                 meanwhile kill -9 every service and restart the broker (with --for, 60s unless given)
  --target NAMES          services to run, as in \`pegel run --target\` (default all)
  --temporality KIND      delta or cumulative: how the shop's SDK reports (default delta)
`

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }
const DEFAULT_CHAOS_MS = 60_000

/** Throws an Error whose message says what to write instead. */
export function parseOptions(argv: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      for: { type: 'string' },
      chaos: { type: 'boolean', default: false },
      target: { type: 'string', default: 'all' },
      temporality: { type: 'string', default: 'delta' },
    },
  })
  const { temporality, chaos, target } = values
  if (temporality !== 'delta' && temporality !== 'cumulative') {
    throw new Error(`--temporality is delta or cumulative, not ${temporality}.`)
  }
  const forMs = values.for === undefined ? undefined : durationMs(values.for)
  return { forMs: chaos ? (forMs ?? DEFAULT_CHAOS_MS) : forMs, chaos, target, temporality }
}

function durationMs(text: string): number {
  const [, amount, unit] = /^(\d+)(s|m|h)$/.exec(text) ?? []
  const ms = Number(amount) * (UNIT_MS[unit ?? ''] ?? 0)
  if (!(ms > 0)) throw new Error(`--for needs a time such as 60s or 5m, not ${text}.`)
  return ms
}
