import { encodeGroupBlock, parseGroupBlock, SeriesCache } from '@pegel/contracts'
import type { SeriesCacheStats, SeriesRun } from '@pegel/contracts'
import { enrichGroup } from './enrich-series.ts'
import { Generations } from './generations.ts'
import { outcomeOfSeries } from './series-outcome.ts'
import type { SeriesOutcome } from './series-outcome.ts'
import type { TenantRules } from './tenant-rules.ts'

const MAX_GROUPS = 50_000

/** What becomes of a run's series under one version of its tenant's file. */
export type OutcomeOf = (run: SeriesRun) => SeriesOutcome

/**
 * Outcomes of all tenants' series. A series' labels are the same bytes in every batch of a client, so rules run once a series and
 * version. Series of one source group share their output group's bytes, by which the rewriter knows that the group goes on.
 */
export class SeriesOutcomes {
  readonly #cache: SeriesCache<SeriesOutcome>
  readonly #groups = new Generations<Uint8Array>(MAX_GROUPS)

  constructor(maxBytes: number) {
    this.#cache = new SeriesCache({ maxBytes, sizeOf: sizeOfOutcome })
  }

  get stats(): SeriesCacheStats {
    return this.#cache.stats
  }

  /** @param checkLimits for series that no gateway has checked; their outcomes are kept apart */
  under(rules: TenantRules, checkLimits: boolean): OutcomeOf {
    const scope = `${rules.tenant}@${rules.version}${checkLimits ? '!' : ''}`
    const create = (run: SeriesRun): SeriesOutcome =>
      outcomeOfSeries({
        rules,
        source: run,
        groupBlock: this.#groupBlock(run.group.block),
        checkLimits,
      })
    return (run) => this.#cache.getOrCreate(scope, run, create)
  }

  /** Groups do not depend on rules. One character a byte: a string is the only key by content that a Map takes. */
  #groupBlock(source: Uint8Array): Uint8Array {
    const key = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('latin1')
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const made = encodeGroupBlock(enrichGroup(parseGroupBlock(source)))
    this.#groups.set(key, made)
    return made
  }
}

function sizeOfOutcome(outcome: SeriesOutcome): number {
  return outcome.status === 'kept' ? outcome.block.byteLength + 100 : 100
}
