import { fingerprintKey, parseGroupBlock, parseSeriesBlock } from '@pegel/contracts'
import type { SeriesRun } from '@pegel/contracts'
import { render } from './rendering.ts'
import type { Rendering } from './rendering.ts'
import { TargetRegistry } from './target.ts'

interface Entry {
  readonly tenant: string
  readonly group: Buffer
  readonly series: Buffer
  readonly rendering: Rendering
}

/**
 * Renderings of source series, made once. A hit compares the encoded identity, so that equal fingerprints never merge two series. Two
 * generations bound it: when the young one is full it becomes the old one, and what is not asked for again goes with it.
 */
export class RenderingCache {
  readonly #maxSeries: number
  readonly #registry = new TargetRegistry()
  #young = new Map<number, Entry>()
  #old = new Map<number, Entry>()

  constructor(maxSeries: number) {
    this.#maxSeries = maxSeries
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  get(tenant: string, run: SeriesRun): Rendering {
    const key = fingerprintKey(run.fingerprintHi, run.fingerprintLo)
    const young = this.#young.get(key)
    if (young !== undefined && matches(young, tenant, run)) return young.rendering
    const old = this.#old.get(key)
    const entry = old !== undefined && matches(old, tenant, run) ? old : this.#make(tenant, run)
    if (this.#young.size >= this.#maxSeries / 2) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, entry)
    return entry.rendering
  }

  #make(tenant: string, run: SeriesRun): Entry {
    const identity = { group: parseGroupBlock(run.group.block), series: parseSeriesBlock(run.block) }
    return {
      tenant,
      // Copies: the blocks are views into a whole record.
      group: Buffer.from(run.group.block),
      series: Buffer.from(run.block),
      rendering: render(tenant, identity, this.#registry),
    }
  }
}

function matches(entry: Entry, tenant: string, run: SeriesRun): boolean {
  return entry.tenant === tenant && entry.series.equals(run.block) && entry.group.equals(run.group.block)
}
