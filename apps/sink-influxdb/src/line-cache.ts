import { fingerprintHex, parseGroupBlock, parseSeriesBlock, SeriesCache } from '@pegel/contracts'
import type { SeriesRun } from '@pegel/contracts'
import { LineHead } from './gzip/line-head.ts'
import { renderSeries } from './series-line.ts'
import type { SeriesLine } from './series-line.ts'

export interface CachedLine extends SeriesLine {
  /** The series' fingerprint. */
  readonly series: string
  /** Of the lines of a series of plain numbers. */
  readonly number: LineHead | undefined
  /** Shared by all series with this claim. */
  readonly claimed: Claim
}

export interface Claim {
  readonly by: string
  /** Another series has been rendered alike: their points have to be told apart one by one. */
  twins: boolean
}

/** Renders each series once, and knows which of them InfluxDB could not tell apart. */
export class LineCache {
  readonly #maxBytes: number
  #lines: SeriesCache<CachedLine>
  /** By tenant and claim: the tenant is a tag, so that its claims are its own. */
  readonly #claims = new Map<string, Claim>()

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#lines = this.#newCache()
  }

  of(tenant: string, run: SeriesRun): CachedLine {
    const found = this.#lines.get(tenant, run)
    if (found !== undefined) return found
    const line = this.#render(tenant, run)
    this.#lines.set(tenant, run, line)
    return line
  }

  #render(tenant: string, run: SeriesRun): CachedLine {
    const line = renderSeries(tenant, parseGroupBlock(run.group.block), parseSeriesBlock(run.block))
    const series = fingerprintHex({ hi: run.fingerprintHi, lo: run.fingerprintLo })
    this.#trim()
    const claimed = this.#claims.get(line.claim) ?? { by: series, twins: false }
    if (claimed.by !== series) claimed.twins = true
    this.#claims.set(line.claim, claimed)
    const number = line.head === undefined ? undefined : new LineHead(line.head)
    return { ...line, number, series, claimed }
  }

  /** Claims outlive evicted lines, or a twin could be missed; both start afresh together when too many are left over. */
  #trim(): void {
    if (this.#claims.size <= 2 * this.#lines.stats.entries + SPARE_CLAIMS) return
    this.#claims.clear()
    this.#lines = this.#newCache()
  }

  #newCache(): SeriesCache<CachedLine> {
    return new SeriesCache({ maxBytes: this.#maxBytes, maxEntries: MAX_ENTRIES, sizeOf })
  }
}

const SPARE_CLAIMS = 100_000
const MAX_ENTRIES = 4_000_000

/**
 * Two strings, of which one is the claim, and what holds them, the claim's place in its map included. Steps from the head before, which are made later,
 * are a tenth of a head as a rule.
 */
function sizeOf({ key, head }: CachedLine): number {
  return key.length + 1.5 * (head?.length ?? 0) + 400
}
