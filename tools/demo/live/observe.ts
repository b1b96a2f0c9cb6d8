import type { ServiceStates } from '../run/services.ts'
import { addFreshness, quantileMs } from './freshness.ts'
import type { Buckets } from './freshness.ts'
import { OTHER_OUTCOMES, sum } from './ledger-report.ts'
import type { LedgerReport, LedgerTenant } from './ledger-report.ts'
import type { TenantView } from './view.ts'

const ANSWER_MS = 1500

/** Freshness of every tenant from the sinks' own metrics; a sink that does not answer is left out. */
export async function readFreshness(services: ServiceStates): Promise<ReadonlyMap<string, Buckets>> {
  const all = new Map<string, Map<number, number>>()
  const sinks = Object.entries(services).filter(([name]) => name.startsWith('sink-'))
  await Promise.all(
    sinks.map(async ([, { adminPort }]) => {
      if (adminPort === undefined) return
      try {
        const answer = await fetch(`http://127.0.0.1:${adminPort}/metrics`, { signal: AbortSignal.timeout(ANSWER_MS) })
        addFreshness(await answer.text(), all)
      } catch {
        // It is starting, or was just killed: the next round has it.
      }
    }),
  )
  return all
}

/** The ledger's report as rows of the table. */
export function tenantViews(report: LedgerReport, freshness: ReadonlyMap<string, Buckets>): TenantView[] {
  return report.tenants.map((tenant) => {
    const buckets = freshness.get(tenant.tenant) ?? new Map<number, number>()
    const p50Ms = quantileMs(buckets, 0.5)
    const p99Ms = quantileMs(buckets, 0.99)
    return {
      tenant: tenant.tenant,
      received: tenant.received,
      dropped: tenant.dropped,
      refused: tenant.refused,
      sinks: sinkViews(tenant),
      freshness: p50Ms === undefined || p99Ms === undefined ? undefined : { p50Ms, p99Ms },
      unbalanced: Math.abs(tenant.unbalanced) + tenant.sinks.reduce((all, sink) => all + sink.unbalanced, 0),
    }
  })
}

function sinkViews({ sinks }: LedgerTenant): TenantView['sinks'] {
  return Object.fromEntries(
    sinks.map((sink) => [
      sink.sink,
      {
        stored: sum(sink, ['delivered', 'alreadyPresent']),
        inFlight: Math.max(0, sink.inFlight),
        other: sum(sink, OTHER_OUTCOMES),
      },
    ]),
  )
}
