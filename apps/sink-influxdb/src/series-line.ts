import type { GroupIdentity, SeriesIdentity } from '@pegel/contracts'
import { escapeMeasurement, escapeTag } from './escape.ts'
import { lineOrigin } from './line-origin.ts'
import { tagsOf } from './tags.ts'

/**
 * The part of a line that is the same for all points of a series, made once and cached. Texts are held as "binary
 * strings", one char per UTF-8 byte, so that a hot loop can join them with numbers and write the whole as latin1,
 * which is several times faster than encoding UTF-8 and gives each line's length in bytes for free.
 */
export interface SeriesLine {
  /** `measurement,tag=value,... ` with the space. */
  readonly key: string
  /** key + `gauge=` for series of plain numbers, undefined for the others, whose fields differ from point to point. */
  readonly head: string | undefined
  /** Two series with one claim overwrite each other's points. Kinds with other fields do not, even under one key. */
  readonly claim: string
}

export function renderSeries(tenant: string, group: GroupIdentity, series: SeriesIdentity): SeriesLine {
  const origin = lineOrigin(group, series)
  let text = escapeMeasurement(origin?.measurement ?? series.name)
  for (const [key, value] of tagsOf(tenant, group, series)) text += `,${escapeTag(key)}=${escapeTag(value)}`
  const key = binary(`${text} `)
  const field = origin === undefined ? numberField(series) : escapeTag(origin.field)
  const head = field === undefined ? undefined : binary(`${text} ${field}=`)
  return { key, head, claim: head ?? key }
}

/** The field names are those of Telegraf's Prometheus format 1; `delta` is ours, since that format has no deltas. */
function numberField(series: SeriesIdentity): string | undefined {
  if (series.kind === 'gauge') return 'gauge'
  if (series.kind !== 'sum') return undefined
  if (series.temporality === 'delta') return 'delta'
  return series.monotonic ? 'counter' : 'gauge'
}

/** One flat string, too, where a concatenated one would be walked through anew in every write. */
function binary(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
