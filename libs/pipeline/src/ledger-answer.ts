import { sumBalances } from './ledger-tally.ts'
import { isBalanced } from './ledger-types.ts'
import type { LedgerAnswer, LedgerQuestion, LedgerSnapshot, TenantBalance } from './ledger-types.ts'
import { startOfWindow, WINDOW_MS } from './ledger-window.ts'

/** Answers a question from a snapshot: windows are added up, and what was not asked for is left out. */
export function answerFrom(snapshot: LedgerSnapshot, question: LedgerQuestion): LedgerAnswer {
  const { sinceMs, tenant, sinks } = question
  const windows = snapshot.windows
    .filter(({ startMs }) => isAsked(startMs))
    .map((window) => ({ ...window, tenants: window.tenants.filter(asked).map(only) }))
  const balances = Map.groupBy(
    windows.flatMap((window) => window.tenants),
    (balance) => balance.tenant,
  )
  const tenants = [...balances].map(([name, all]) => sumBalances(name, all))
  const missingRecords = tenant === undefined ? snapshot.missingRecords : []
  return {
    tenants: tenants.sort((a, b) => a.tenant.localeCompare(b.tenant)),
    windows: windows.map((window) => ({ ...window, balanced: window.tenants.every(isBalanced) })),
    missingRecords,
    missingParts: snapshot.missingParts.filter((part) => asked(part) && isSink(part) && isAsked(part.appendTimeMs)),
    expiredRecords: snapshot.expiredRecords.filter(
      (expired) => (expired.sink === '' || isSink(expired)) && isAsked(expired.atMs),
    ),
    waitingRecords: snapshot.waitingRecords,
    balanced: missingRecords.length === 0 && tenants.every(isBalanced),
    takenAtMs: snapshot.takenAtMs,
    sinceMs: snapshot.sinceMs,
  }

  function isAsked(timeMs: number): boolean {
    return startOfWindow(timeMs) + WINDOW_MS > sinceMs
  }

  function asked(each: { readonly tenant: string }): boolean {
    return tenant === undefined || each.tenant === tenant
  }

  function isSink({ sink }: { readonly sink: string }): boolean {
    return sinks === undefined || sinks.includes(sink)
  }

  function only(balance: TenantBalance): TenantBalance {
    return sinks === undefined ? balance : { ...balance, sinks: balance.sinks.filter(isSink) }
  }
}
