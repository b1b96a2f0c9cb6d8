import type { LedgerSnapshot } from './ledger-book.ts'
import { isBalanced, WINDOW_MS } from './ledger-report.ts'
import { TenantTally } from './ledger-tally.ts'
import type { LedgerQuestion, LedgerReport, TenantBalance } from './ledger-types.ts'

/** The report that `foldLedger` would give, from a snapshot: windows are added up, and what was not asked for is left out. */
export function answerFrom(
  snapshot: LedgerSnapshot,
  question: Pick<LedgerQuestion, 'sinceMs' | 'tenant' | 'sinks'>,
): LedgerReport {
  const { sinceMs, tenant, sinks } = question
  const tallies = new Map<string, TenantTally>()
  const windows = snapshot.windows
    .filter(({ startMs }) => startMs + WINDOW_MS > sinceMs)
    .map((window) => ({ ...window, tenants: window.tenants.filter(asked).map(only) }))
  for (const window of windows) {
    for (const balance of window.tenants) {
      const tally = tallies.get(balance.tenant) ?? new TenantTally(balance.tenant)
      tallies.set(balance.tenant, tally.addBalance(balance))
    }
  }
  const tenants = [...tallies.values()].map((tally) => tally.result()).sort((a, b) => a.tenant.localeCompare(b.tenant))
  const missingRecords = tenant === undefined ? snapshot.missingRecords : []
  return {
    tenants,
    windows: windows.map((window) => ({ ...window, balanced: window.tenants.every(isBalanced) })),
    missingRecords,
    missingParts: snapshot.missingParts.filter((part) => asked(part) && isSink(part) && part.appendTimeMs >= sinceMs),
    waitingRecords: snapshot.waitingRecords,
    balanced: missingRecords.length === 0 && tenants.every(isBalanced),
  }

  function asked(each: { readonly tenant: string }): boolean {
    return tenant === undefined || each.tenant === tenant
  }

  function isSink({ sink }: { readonly sink: string }): boolean {
    return sinks === undefined || sinks.includes(sink)
  }

  function only(balance: TenantBalance): TenantBalance {
    return { ...balance, sinks: balance.sinks.filter(isSink) }
  }
}
