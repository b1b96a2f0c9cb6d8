import { setTimeout as sleep } from 'node:timers/promises'
import { readJournal } from '../journal/read-journal.ts'
import type { SentPoint } from '../journal/read-journal.ts'
import { readLedger } from '../live/follow-ledger.ts'
import type { LedgerQuestion } from '../live/follow-ledger.ts'
import { isDrained, problemsOf } from '../live/ledger-report.ts'
import type { LedgerReport } from '../live/ledger-report.ts'
import type { DemoTenant } from '../run/tenants.ts'
import { expectedPoints } from './expected-points.ts'
import { reportLines } from './report.ts'
import { verifyBackends } from './verify.ts'

export interface JudgeOptions {
  readonly question: LedgerQuestion
  /** Addresses of the backends. */
  readonly env: Readonly<Record<string, string>>
  readonly tenants: readonly DemoTenant[]
  readonly journals: ReadonlyMap<string, string>
  readonly say: (line: string) => void
  readonly drainMs: number
}

const count = (value: number): string => value.toLocaleString('en-US')

/** True when every acknowledged point is in each backend once, and the books balance to the last point. */
export async function judge(options: JudgeOptions): Promise<boolean> {
  const { say, tenants, question } = options
  const report = await drain(options)
  const problems = problemsOf(report, question.sinks)
  const kept: SentPoint[] = []
  for (const tenant of tenants) {
    const sent = readJournal(tenant.tenant, options.journals.get(tenant.tenant) ?? '')
    const expected = expectedPoints(sent, tenant)
    kept.push(...expected.kept)
    problems.push(...sentProblems(tenant.tenant, sent, report))
    say(sentLine(tenant.tenant, sent, [...expected.dropped.values()].flat().length))
  }
  say(problems.length === 0 ? 'Ledger: every point has one outcome' : 'Ledger: DOES NOT BALANCE')
  for (const problem of problems) say(`  ${problem}`)
  const results = await verifyBackends(kept, { env: options.env, tenants, sinceMs: question.since.getTime() })
  for (const { backend, comparison } of results) for (const line of reportLines(backend, comparison)) say(line)
  return problems.length === 0 && results.every(({ comparison }) => comparison.different.length === 0)
}

/** Asks the ledger until nothing is on its way; the last report when that takes too long. */
async function drain({ question, drainMs, say }: JudgeOptions): Promise<LedgerReport> {
  const deadline = Date.now() + drainMs
  for (;;) {
    const report = await readLedger(question)
    if (isDrained(report, question.sinks)) return report
    if (Date.now() > deadline) {
      say(`Not everything arrived within ${Math.round(drainMs / 1000)} s.`)
      return report
    }
    await sleep(500)
  }
}

/** The ledger must know at least what was acknowledged; more of it when a sender tried again after it got no answer. */
export function sentProblems(tenant: string, sent: readonly SentPoint[], report: LedgerReport): string[] {
  const acknowledged = sent.filter((point) => point.acknowledged).length
  if (acknowledged === 0) return [`${tenant}: not one point was acknowledged`]
  const received = report.tenants.find((each) => each.tenant === tenant)?.received ?? 0
  return received >= acknowledged
    ? []
    : [`${tenant}: ${acknowledged} points were acknowledged, the ledger has ${received}`]
}

function sentLine(tenant: string, sent: readonly SentPoint[], dropped: number): string {
  const acknowledged = sent.filter((point) => point.acknowledged).length
  const unanswered = sent.length - acknowledged
  const parts = [
    `${tenant} sent ${count(sent.length)} points`,
    unanswered === 0 ? 'all acknowledged' : `${count(acknowledged)} acknowledged`,
    ...(dropped === 0 ? [] : [`${count(dropped)} dropped by its rules`]),
  ]
  return parts.join(', ')
}
