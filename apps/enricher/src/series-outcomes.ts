import { encodeGroupBlock, parseGroupBlock } from '@pegel/contracts'
import type { RunScanner, SeriesRun } from '@pegel/contracts'
import { enrichGroup } from './enrich-series.ts'
import { OutcomeArena } from './outcome-arena.ts'
import type { BlockRange, FoundOutcome, OutcomeGroup } from './outcome-arena.ts'
import { outcomeOfSeries } from './series-outcome.ts'
import type { TenantRules } from './tenant-rules.ts'

/** Of a tenant: the version in force and the one before, for records of the gateway and of direct producers. */
const MAX_SCOPES = 4
/** Room is made down to this share of the limit, so that it is rare. */
const LOW_WATER = 0.9

/** Counts since the start, and what is kept now; for metrics. */
export interface OutcomeStats {
  readonly misses: number
  readonly entries: number
  readonly bytes: number
}

/** What becomes of series under one version of their tenant's file. */
export class ScopedOutcomes {
  readonly scope: string
  readonly arena = new OutcomeArena()
  readonly #rules: TenantRules
  readonly #checkLimits: boolean
  misses = 0
  /** Bytes of the last batch that was relabelled, as a multiple of what they had been. */
  growth = 1

  constructor(scope: string, rules: TenantRules, checkLimits: boolean) {
    this.scope = scope
    this.#rules = rules
    this.#checkLimits = checkLimits
  }

  /** @throws contracts.decode_failed */
  group(source: Buffer): OutcomeGroup {
    return this.arena.group(source, enrichedBlock)
  }

  /** Of the scanner's series, over which it moves. @throws contracts.decode_failed */
  ofScanned(runs: RunScanner, group: OutcomeGroup): FoundOutcome {
    const next = this.arena.findNext(runs, group)
    if (next !== undefined) return next
    runs.skipSeries()
    return this.#of({ view: runs.view, from: runs.seriesAt, to: runs.pointsAt }, group, () => ({
      group: { block: runs.bytes.subarray(runs.groupAt, runs.groupEnd) },
      block: runs.bytes.subarray(runs.seriesAt, runs.pointsAt),
    }))
  }

  /** @throws contracts.decode_failed */
  ofRun(run: SeriesRun, group: OutcomeGroup): FoundOutcome {
    const { block } = run
    const view = new DataView(block.buffer, block.byteOffset, block.length)
    return this.#of({ view, from: 0, to: block.length }, group, () => run)
  }

  #of(at: BlockRange, group: OutcomeGroup, source: () => Pick<SeriesRun, 'group' | 'block'>): FoundOutcome {
    const known = this.arena.find(group, at)
    if (known !== undefined) return known
    this.misses += 1
    const request = { rules: this.#rules, source: source(), groupBlock: group.block, checkLimits: this.#checkLimits }
    return this.arena.add(group, at, outcomeOfSeries(request))
  }
}

/**
 * Outcomes of all tenants' series. A series' labels are the same bytes in every batch of a client, so rules run once a series and version. When there
 * is no room, the tenant that holds most gives way, with what it has not used lately: no tenant can flush another's series.
 */
export class SeriesOutcomes {
  readonly #maxBytes: number
  /** Newest first. */
  readonly #tenants = new Map<string, ScopedOutcomes[]>()
  #last: ScopedOutcomes | undefined
  /** What the last one held when it was given. */
  #before = { entries: 0, bytes: 0, misses: 0 }
  #misses = 0
  #entries = 0
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get stats(): OutcomeStats {
    this.#settle()
    return { misses: this.#misses, entries: this.#entries, bytes: this.#bytes }
  }

  /**
   * For one batch: what was given before may be forgotten then.
   * @param checkLimits for series that no gateway has checked; their outcomes are kept apart
   */
  under(rules: TenantRules, checkLimits: boolean): ScopedOutcomes {
    this.#settle()
    if (this.#bytes > this.#maxBytes) this.#makeRoom()
    const scope = `${rules.version}${checkLimits ? '!' : ''}`
    const scopes = this.#tenants.get(rules.tenant) ?? []
    let found = scopes.find((each) => each.scope === scope)
    if (found === undefined) {
      found = new ScopedOutcomes(scope, rules, checkLimits)
      this.#bytes += found.arena.sizeBytes
      this.#tenants.set(rules.tenant, scopes)
      scopes.unshift(found)
      for (const old of scopes.splice(MAX_SCOPES)) this.#forget(old)
    }
    this.#last = found
    this.#before = countsOf(found)
    return found
  }

  /** Books what has come since the last one was given. */
  #settle(): void {
    if (this.#last === undefined) return
    const now = countsOf(this.#last)
    this.#entries += now.entries - this.#before.entries
    this.#bytes += now.bytes - this.#before.bytes
    this.#misses += now.misses - this.#before.misses
    this.#before = now
  }

  #makeRoom(): void {
    while (this.#bytes > this.#maxBytes * LOW_WATER && this.#tenants.size > 0) {
      const [tenant, scopes] = [...this.#tenants].reduce((most, next) =>
        bytesOfAll(next[1]) > bytesOfAll(most[1]) ? next : most,
      )
      const before = bytesOfAll(scopes)
      for (const { arena } of scopes) this.#entries -= arena.sweep()
      const after = bytesOfAll(scopes)
      this.#bytes += after - before
      // All of it is in use, and yet too much: it begins anew.
      if (after > before * LOW_WATER) {
        this.#tenants.delete(tenant)
        for (const each of scopes) this.#forget(each)
      }
    }
    this.#last = undefined
  }

  #forget({ arena }: ScopedOutcomes): void {
    this.#entries -= arena.size
    this.#bytes -= arena.sizeBytes
  }
}

function countsOf({ arena, misses }: ScopedOutcomes) {
  return { entries: arena.size, bytes: arena.sizeBytes, misses }
}

function bytesOfAll(scopes: readonly ScopedOutcomes[]): number {
  return scopes.reduce((sum, { arena }) => sum + arena.sizeBytes, 0)
}

/** Groups do not depend on rules. */
function enrichedBlock(source: Buffer): Uint8Array {
  return encodeGroupBlock(enrichGroup(parseGroupBlock(source)))
}
