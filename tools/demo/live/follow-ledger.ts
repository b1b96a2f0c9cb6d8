import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { guard } from '../../stack/process/guard.ts'
import { identify } from '../../stack/process/identity.ts'
import { pegel } from '../run/pegel.ts'
import { NODE, ROOT } from '../run/place.ts'
import type { LedgerReport } from './ledger-report.ts'

export interface LedgerQuestion {
  readonly env: Readonly<Record<string, string>>
  readonly sinks: readonly string[]
  readonly since: Date
}

export interface LedgerFollower {
  /** The newest report; undefined before the first. */
  latest(): LedgerReport | undefined
  stop(): void
}

const AGAIN_MS = 1000

/** Keeps `pegel ledger --follow` running; it ends when the broker goes away, and then is started again. */
export function followLedger(question: LedgerQuestion): LedgerFollower {
  let latest: LedgerReport | undefined
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const start = (): void => {
    const args = [...ledgerArgs(question), '--follow', '--wait', '0']
    child = spawn(NODE, ['--disable-warning=ExperimentalWarning', `${ROOT}/dist/apps/cli/main.js`, ...args], {
      env: { ...process.env, ...question.env },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const identity = child.pid === undefined ? undefined : identify(child.pid)
    if (identity !== undefined) guard(identity)
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => (latest = parseReport(line) ?? latest))
    }
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

/** One report, taken now. Throws when there is none: the exit code says only whether the books balance. */
export async function readLedger(question: LedgerQuestion): Promise<LedgerReport> {
  const { stdout, stderr } = await pegel([...ledgerArgs(question), '--wait', '5s'], question.env)
  const report = stdout
    .split('\n')
    .map(parseReport)
    .find((each) => each !== undefined)
  if (report === undefined) throw new Error(`pegel ledger gave no report: ${stderr.trim()}`)
  return report
}

function ledgerArgs({ sinks, since }: LedgerQuestion): string[] {
  return ['ledger', '--json', '--sink', sinks.join(','), '--since', since.toISOString()]
}

/** Any line that is not a report is a message to people. */
export function parseReport(line: string): LedgerReport | undefined {
  return line.startsWith('{"tenants"') ? (JSON.parse(line) as LedgerReport) : undefined
}
