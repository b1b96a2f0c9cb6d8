import { setTimeout as sleep } from 'node:timers/promises'
import type { Services } from '../run/services.ts'
import type { LedgerFollower } from './follow-ledger.ts'
import { readFreshness, tenantViews } from './observe.ts'
import type { Screen } from './screen.ts'

export interface ShowOptions {
  readonly screen: Screen
  readonly follower: LedgerFollower
  readonly services: Services
  readonly sinks: readonly string[]
  readonly startedMs: number
  readonly signal: AbortSignal
}

const EVERY_MS = 1000

/** Draws the table every second until the signal fires. */
export async function showLive({ screen, follower, services, sinks, startedMs, signal }: ShowOptions): Promise<void> {
  while (!signal.aborted) {
    const report = follower.latest()
    const freshness = await readFreshness(services.current())
    const closed = report?.windows.some((window) => window.closed) === true
    screen.show({
      elapsedMs: Date.now() - startedMs,
      tenants: report === undefined ? [] : tenantViews(report, freshness),
      sinks,
      balanced: closed ? report.balanced : undefined,
      note: '',
    })
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}
