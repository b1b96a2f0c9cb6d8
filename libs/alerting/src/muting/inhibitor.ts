import type { InhibitRuleConfig } from '@pegel/tenancy'
import type { Labels } from '../labels.ts'
import { compileMatchers } from '../matching.ts'
import type { LabelTest } from '../matching.ts'

interface Rule {
  readonly isSource: LabelTest
  readonly isTarget: LabelTest
  readonly equal: readonly string[]
  /** Firing sources by the values of `equal`: fingerprint → whether it is a target of the rule as well. */
  readonly sources: Map<string, Map<string, boolean>>
}

/** Keeps which firing alerts inhibit others. */
export class Inhibitor {
  readonly #rules: readonly Rule[]

  constructor(rules: readonly InhibitRuleConfig[]) {
    this.#rules = rules.map(({ sourceMatchers, targetMatchers, equal }) => ({
      isSource: compileMatchers(sourceMatchers),
      isTarget: compileMatchers(targetMatchers),
      equal,
      sources: new Map<string, Map<string, boolean>>(),
    }))
  }

  /** An alert fires now, or does no more. */
  set(fingerprint: string, labels: Labels, firing: boolean): void {
    for (const rule of this.#rules) {
      if (!rule.isSource(labels)) continue
      const key = valuesOf(rule.equal, labels)
      const sources = rule.sources.get(key) ?? new Map<string, boolean>()
      if (firing) sources.set(fingerprint, rule.isTarget(labels))
      else sources.delete(fingerprint)
      if (sources.size > 0) rule.sources.set(key, sources)
      else rule.sources.delete(key)
    }
  }

  /** An alert that is source and target of a rule is not inhibited by others that are both, itself among them. */
  inhibits(labels: Labels): boolean {
    return this.#rules.some(({ isSource, isTarget, equal, sources }) => {
      if (!isTarget(labels)) return false
      const candidates = sources.get(valuesOf(equal, labels))
      if (candidates === undefined) return false
      return isSource(labels) ? [...candidates.values()].some((isBoth) => !isBoth) : true
    })
  }
}

function valuesOf(names: readonly string[], labels: Labels): string {
  return JSON.stringify(names.map((name) => labels[name] ?? ''))
}
