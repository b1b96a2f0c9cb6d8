import { compileRegex } from '@pegel/tenancy'
import type { AlertChoice, AnchoredRegex, TenantConfig, WatchRule } from '@pegel/tenancy'
import { BUILT_IN } from './built-in.ts'
import type { WatchedIdentity } from './identity.ts'
import { compileMaintenance } from './maintenance.ts'
import type { InMaintenance } from './maintenance.ts'

/** A selector, ready for use. */
export interface Watch {
  readonly rule: WatchRule
  /** What goes to `alerts`; undefined: nothing. */
  readonly alert: AlertChoice | undefined
}

/** One version of a tenant's section `detection`, compiled. */
export interface TenantWatches {
  readonly tenant: string
  readonly version: number
  readonly maxSeries: number
  readonly groupWindowMs: number
  readonly inMaintenance: InMaintenance
  /** The first selector that matches; undefined: the series is not watched. */
  find(identity: WatchedIdentity): Watch | undefined
}

interface Compiled extends Watch {
  readonly metric: AnchoredRegex
  readonly labels: readonly (readonly [name: string, pattern: AnchoredRegex])[]
}

export function compileWatches({ tenant, version, detection }: TenantConfig): TenantWatches {
  const { enabled, builtIn, alert, watch, maintenance, maxSeries, groupWindowMs } = detection
  const rules = enabled ? [...watch, ...(builtIn ? BUILT_IN : [])] : []
  const compiled = rules.map((rule): Compiled => {
    const labels = Object.entries(rule.match).map(([name, text]) => [name, compileRegex(text)] as const)
    const chosen = rule.alert === null ? undefined : (rule.alert ?? alert)
    return { rule, alert: chosen, metric: compileRegex(rule.metric), labels }
  })
  return {
    ...{ tenant, version, maxSeries, groupWindowMs },
    inMaintenance: compileMaintenance(maintenance),
    find(identity) {
      const found = compiled.find((each) => matches(each, identity))
      return found === undefined || found.rule.ignore ? undefined : found
    },
  }
}

function matches({ metric, labels }: Compiled, identity: WatchedIdentity): boolean {
  return (
    metric.test(identity.metric) &&
    labels.every(([name, pattern]) => pattern.test(identity.labels[name] ?? identity.resource[name] ?? ''))
  )
}
