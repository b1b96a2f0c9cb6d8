import type { DerivedName, WatchRule } from '@pegel/tenancy'
import type { WatchedIdentity } from './identity.ts'

type Shape = Pick<WatchedIdentity, 'kind' | 'monotonic' | 'temporality'>

const OF_HISTOGRAM: readonly DerivedName[] = ['rate', 'mean', 'p50', 'p90', 'p95', 'p99', 'distribution']
const OF_SUMMARY: readonly DerivedName[] = ['rate', 'mean', 'p50', 'p90', 'p95', 'p99']

/** What of a series is watched under a selector: what it asks for and the kind has, or what suits the kind. */
export function derivedNames(shape: Shape, rule: Pick<WatchRule, 'values' | 'drift'>): readonly DerivedName[] {
  const possible = possibleNames(shape)
  if (rule.values !== undefined) return rule.values.filter((name) => possible.includes(name))
  const usual = usualNames(possible)
  return rule.drift && possible.includes('distribution') ? [...usual, 'distribution'] : usual
}

function possibleNames(shape: Shape): readonly DerivedName[] {
  switch (shape.kind) {
    case 'gauge':
      return ['value']
    case 'sum':
      return isRate(shape) ? ['rate'] : ['value']
    case 'histogram':
    case 'exponential_histogram':
      return OF_HISTOGRAM
    case 'summary':
      return OF_SUMMARY
  }
}

/** A counter's total says nothing by itself; a sum that may fall is a level, unless only its changes are sent. */
export function isRate({ monotonic, temporality }: Pick<Shape, 'monotonic' | 'temporality'>): boolean {
  return monotonic || temporality === 'delta'
}

function usualNames(possible: readonly DerivedName[]): readonly DerivedName[] {
  return possible.length === 1 ? possible : ['rate', 'p95', 'p99']
}
