import { parseGroupBlock, parseSeriesBlock, SeriesCache } from '@pegel/contracts'
import type { SeriesRun } from '@pegel/contracts'
import { renderSeries } from './series-fields.ts'
import type { SeriesFields } from './series-fields.ts'

/** Renders each series once. */
export class FieldsCache {
  readonly #fields: SeriesCache<SeriesFields>

  constructor(maxBytes: number) {
    this.#fields = new SeriesCache({ maxBytes, maxEntries: MAX_ENTRIES, sizeOf })
  }

  of(tenant: string, run: SeriesRun): SeriesFields {
    const found = this.#fields.get(tenant, run)
    if (found !== undefined) return found
    const fields = renderSeries(tenant, parseGroupBlock(run.group.block), parseSeriesBlock(run.block))
    this.#fields.set(tenant, run, fields)
    return fields
  }
}

const MAX_ENTRIES = 4_000_000

/** Up to four strings and what holds them. */
function sizeOf({ dimensions, name, field, template }: SeriesFields): number {
  return dimensions.length + 2 * name.length + field.length + (template?.length ?? 0) + 150
}
