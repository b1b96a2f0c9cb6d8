import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { guard } from '../../stack/process/guard.ts'
import { identify } from '../../stack/process/identity.ts'
import { NODE, ROOT } from '../run/place.ts'
import type { LedgerReport } from './ledger-report.ts'

export interface LedgerFollower {
  /** The newest report; undefined before the first. */
  latest(): LedgerReport | undefined
  stop(): void
}

const AGAIN_MS = 1000

/** Keeps `pegel ledger --follow` running; it ends when the broker goes away, and then is started again. */
export function followLedger(
  env: Readonly<Record<string, string>>,
  sinks: readonly string[],
  since: Date,
): LedgerFollower {
  let latest: LedgerReport | undefined
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const start = (): void => {
    child = spawn(NODE, ledgerArgs(sinks, since, ['--follow', '--wait', '0']), {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const identity = child.pid === undefined ? undefined : identify(child.pid)
    if (identity !== undefined) guard(identity)
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => (latest = parse(line) ?? latest))
    child.once('close', () => {
      if (!stopped) timer = setTimeout(start, AGAIN_MS)
    })
    child.on('error', () => undefined) // it closes then, too
  }
  start()
  return {
    latest: () => latest,
    stop() {
      stopped = true
      clearTimeout(timer)
      child?.kill('SIGTERM')
    },
  }
}

export function ledgerArgs(sinks: readonly string[], since: Date, more: readonly string[]): string[] {
  const question = ['ledger', '--json', '--sink', sinks.join(','), '--since', since.toISOString()]
  return ['--disable-warning=ExperimentalWarning', `${ROOT}/dist/apps/cli/main.js`, ...question, ...more]
}

/** Anything that is not a report is a message to people. */
export function parse(line: string): LedgerReport | undefined {
  if (!line.startsWith('{"tenants"')) return undefined
  return JSON.parse(line) as LedgerReport
}
