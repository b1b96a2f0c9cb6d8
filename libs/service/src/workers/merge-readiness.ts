import type { CheckResult, Readiness } from '../health.ts'

/**
 * Many workers' readiness as one. A worker that starts gets no work yet and holds nobody up; one that is not ready would fail its share.
 * @param parts by the worker's number; each check that is not well says whose it is
 */
export function mergeReadiness(parts: ReadonlyMap<number, Readiness>): Readiness {
  const all = [...parts.values()]
  const working = all.filter(({ status }) => status === 'ready' || status === 'not_ready')
  const [first] = all
  if (first === undefined) return { status: 'starting', waitingFor: 'workers', checks: {} }
  if (working.length === 0) return first
  return {
    status: working.every(({ status }) => status === 'ready') ? 'ready' : 'not_ready',
    checks: mergeChecks(parts),
  }
}

function mergeChecks(parts: ReadonlyMap<number, Readiness>): Readonly<Record<string, CheckResult>> {
  const merged: Record<string, CheckResult> = {}
  for (const [number, { checks }] of parts)
    for (const [name, result] of Object.entries(checks)) {
      const known = merged[name]
      if (known === undefined || worse(result, known)) merged[name] = named(number, result)
    }
  return merged
}

function worse(one: CheckResult, other: CheckResult): boolean {
  return one.status === other.status ? one.tookMs > other.tookMs : one.status === 'failed'
}

function named(number: number, result: CheckResult): CheckResult {
  return result.problem === undefined ? result : { ...result, problem: `worker ${number}: ${result.problem}` }
}
