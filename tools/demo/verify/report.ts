import type { Comparison, Difference, SeriesDifference } from './compare.ts'

const MAX_SERIES = 10
const MAX_DIFFERENCES = 5
const count = (value: number): string => value.toLocaleString('en-US')

/** What a comparison found, for people; the first line says whether all is well. */
export function reportLines(backend: string, { series, matched, unconfirmed, different }: Comparison): string[] {
  const extra = unconfirmed === 0 ? '' : `, and ${count(unconfirmed)} whose sender got no answer`
  if (different.length === 0) {
    return [`${backend}: ${count(matched)} values in ${count(series)} series, each there once${extra}`]
  }
  const shown = different.slice(0, MAX_SERIES).flatMap(seriesLines)
  const more = different.length > MAX_SERIES ? [`  and ${count(different.length - MAX_SERIES)} more series`] : []
  return [
    `${backend}: DIFFERENT in ${count(different.length)} series; ${count(matched)} values in ${count(series)} series match`,
    ...shown,
    ...more,
  ]
}

function seriesLines({ tenant, series, sent, found, differences }: SeriesDifference): string[] {
  const shown = differences.slice(0, MAX_DIFFERENCES).map(differenceLine)
  const more =
    differences.length > MAX_DIFFERENCES ? [`    and ${count(differences.length - MAX_DIFFERENCES)} more`] : []
  return [
    `  ${tenant}: ${series}`,
    `    sent ${count(sent.count)} with sum ${sent.sum}, found ${count(found.count)} with sum ${found.sum}`,
    ...shown,
    ...more,
  ]
}

function differenceLine({ kind, cell, detail }: Difference): string {
  const at = `${cell.value} at ${timeText(cell.time)}`
  switch (kind) {
    case 'changed':
      return `    changed: ${at} reads ${detail ?? ''}`
    case 'crossed':
      return `    crossed: ${at} belongs to ${detail ?? ''}`
    case 'missing':
    case 'doubled':
    case 'unexpected':
      return `    ${kind}: ${at}`
  }
}

/** Backends count in ms or in ns; both begin with the ms. */
function timeText(time: string): string {
  const ms = Number(time.length > 16 ? time.slice(0, -6) : time)
  return Number.isFinite(ms) ? new Date(ms).toISOString() : time
}
