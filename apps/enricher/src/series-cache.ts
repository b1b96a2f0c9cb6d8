import type { PointGroup, SeriesRun } from '@pegel/contracts'
import { Generations } from './generations.ts'
import { encodedGroup, outcomeOfSeries } from './series-outcome.ts'
import type { SeriesOutcome } from './series-outcome.ts'
import type { TenantRules } from './tenant-rules.ts'

/** A group of the input under one version's rules. */
interface CachedGroup {
  readonly id: number
  /** As it goes into the output. */
  readonly block: Uint8Array
}

/** What becomes of the groups and series of one tenant's version. */
export interface SeriesScope {
  groupBlock(group: PointGroup): Uint8Array
  outcome(run: SeriesRun): SeriesOutcome
}

/**
 * Outcomes by the bytes of the source blocks, for all tenants together: a series' labels are the same bytes in every batch of a
 * client, so rules run once a series and version. Keys are the bytes themselves: no two series can be taken for one another.
 */
export class SeriesCache {
  readonly #groups: Generations<CachedGroup>
  readonly #series: Generations<SeriesOutcome>
  #nextId = 0
  misses = 0

  constructor(maxSeries: number) {
    this.#series = new Generations(maxSeries)
    this.#groups = new Generations(Math.max(16, Math.ceil(maxSeries / 16)))
  }

  get size(): number {
    return this.#series.size
  }

  /** @param checkLimits for series that no gateway has checked */
  scope(rules: TenantRules, checkLimits: boolean): SeriesScope {
    const prefix = `${rules.tenant}@${rules.version}${checkLimits ? '!' : ''}:`
    let lastGroup: PointGroup | undefined
    let last: CachedGroup | undefined
    const groupOf = (group: PointGroup): CachedGroup => {
      if (last === undefined || group !== lastGroup) [lastGroup, last] = [group, this.#group(prefix, group.block)]
      return last
    }
    return {
      groupBlock: (group) => groupOf(group).block,
      outcome: (run) => {
        const key = `${groupOf(run.group).id}:${latin1(run.block)}`
        const known = this.#series.get(key)
        if (known !== undefined) return known
        this.misses += 1
        const made = outcomeOfSeries({ rules, groupBlock: run.group.block, block: run.block, checkLimits })
        this.#series.set(key, made)
        return made
      },
    }
  }

  #group(prefix: string, block: Uint8Array): CachedGroup {
    const key = prefix + latin1(block)
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    this.#nextId += 1
    const made = { id: this.#nextId, block: encodedGroup(block) }
    this.#groups.set(key, made)
    return made
  }
}

/** One character a byte: a string is the only key by content that a Map takes. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
