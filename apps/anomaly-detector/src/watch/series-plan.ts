import type { SeriesRun } from '@pegel/contracts'
import { derivedNames } from './derived-names.ts'
import type { SeriesState } from '../series/series-state.ts'
import { identityOfRun } from './identity.ts'
import type { WatchedIdentity } from './identity.ts'
import type { TenantWatches, Watch } from './tenant-watches.ts'

/** What one version of a tenant's file makes of a series; cached, so that selectors are asked once. */
export interface SeriesPlan {
  readonly identity: WatchedIdentity
  /** Undefined: not watched. */
  readonly watch: Watch | undefined
  readonly names: readonly string[]
  /** Where its state was last time. */
  state: SeriesState | undefined
  /** Whether what an earlier version watched of it was ended. */
  adopted: boolean
}

/** @throws contracts.decode_failed */
export function createPlan(watches: TenantWatches, run: SeriesRun): SeriesPlan {
  const identity = identityOfRun(watches.tenant, run)
  const found = watches.find(identity)
  const names = found === undefined ? [] : derivedNames(identity, found.rule)
  return { identity, watch: names.length === 0 ? undefined : found, names, state: undefined, adopted: false }
}
