import { parseGroupBlock, parseSeriesBlock, SeriesCache } from '@pegel/contracts'
import type { SeriesRun } from '@pegel/contracts'
import { renderSeries } from './series-fields.ts'
import type { SeriesFields } from './series-fields.ts'

/** Renders each series once. */
export class FieldsCache {
  readonly #fields: SeriesCache<SeriesFields>
  readonly #texts = new Map<string, string>()

  constructor(maxBytes: number) {
    this.#fields = new SeriesCache({ maxBytes, maxEntries: MAX_ENTRIES, sizeOf })
  }

  /**
   * Series with labels or a name in common get one string for them: two that are the same object are the same without a look at what is in them, which
   * is what packing asks for every point.
   */
  #shared({ dimensions, name, field, member, template }: SeriesFields): SeriesFields {
    if (this.#texts.size > MAX_TEXTS) this.#texts.clear()
    return {
      dimensions: this.#text(dimensions),
      name: this.#text(name),
      field: this.#text(field),
      member: this.#text(member),
      template: template === undefined ? undefined : this.#text(template),
    }
  }

  #text(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    this.#texts.set(text, text)
    return text
  }

  /** @param made takes what had to be rendered */
  of(tenant: string, run: SeriesRun, made?: Set<SeriesFields>): SeriesFields {
    const found = this.#fields.get(tenant, run)
    if (found !== undefined) return found
    const fields = this.#shared(renderSeries(tenant, parseGroupBlock(run.group.block), parseSeriesBlock(run.block)))
    this.#fields.set(tenant, run, fields)
    made?.add(fields)
    return fields
  }
}

const MAX_ENTRIES = 4_000_000
const MAX_TEXTS = 100_000

/** Up to five strings and what holds them. Most are shared, which may end any time. */
function sizeOf({ dimensions, name, field, template }: SeriesFields): number {
  return dimensions.length + 2 * name.length + 2 * field.length + (template?.length ?? 0) + 150
}
