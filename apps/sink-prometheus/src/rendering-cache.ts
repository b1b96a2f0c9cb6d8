import { parseGroupBlock, parseSeriesBlock, SeriesCache } from '@pegel/contracts'
import type { SeriesRun } from '@pegel/contracts'
import { render } from './rendering.ts'
import type { Rendering } from './rendering.ts'
import { TargetRegistry } from './target.ts'

/** Label bytes, the texts they were made from, and a histogram's buckets as they come. */
const sizeOf = (rendering: Rendering): number => 600 + rendering.main.labels.length * 3

/** Renderings of source series, made once and kept within a bound. */
export class RenderingCache {
  readonly #registry = new TargetRegistry()
  readonly #renderings: SeriesCache<Rendering>

  readonly #utf8: boolean

  /** @param utf8 whether the receiver takes any text for a name */
  constructor(maxSeries: number, maxBytes: number, utf8 = false) {
    this.#utf8 = utf8
    this.#renderings = new SeriesCache({ maxEntries: maxSeries, maxBytes, sizeOf })
  }

  get(tenant: string, run: SeriesRun): Rendering {
    return this.#renderings.get(tenant, run) ?? this.#make(tenant, run)
  }

  #make(tenant: string, run: SeriesRun): Rendering {
    const identity = { group: parseGroupBlock(run.group.block), series: parseSeriesBlock(run.block) }
    const rendering = render(tenant, identity, { registry: this.#registry, utf8: this.#utf8 })
    this.#renderings.set(tenant, run, rendering)
    return rendering
  }
}
