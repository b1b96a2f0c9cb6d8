import type { Exemplar } from '@pegel/contracts'
import type { DocumentPoint } from './document-packer.ts'
import { binary, numberText, timeText } from './json.ts'

/** What `date_nanos` holds: 1970 to 2262. */
const MAX_TIME_MS = 9_223_372_036_854

/** Exemplars of a record by their point; undefined when there are none, which is the rule. */
export function exemplarsByPoint(exemplars: readonly Exemplar[]): ReadonlyMap<number, readonly Exemplar[]> | undefined {
  if (exemplars.length === 0) return undefined
  const byPoint = new Map<number, Exemplar[]>()
  for (const exemplar of exemplars) {
    if (!isHeld(exemplar)) continue
    const list = byPoint.get(exemplar.point)
    if (list === undefined) byPoint.set(exemplar.point, [exemplar])
    else list.push(exemplar)
  }
  return byPoint
}

/** An exemplar that Elasticsearch cannot hold must not cost its point. */
function isHeld({ timeMs, value }: Exemplar): boolean {
  return Number.isFinite(value) && timeMs >= 0 && timeMs < MAX_TIME_MS
}

/**
 * Members of a document for the exemplars of its points: lists of equal length under fixed names, so that exemplars make no new fields, and a
 * trace id finds the documents that have it. Empty when there are none; else it begins with a comma.
 */
export function exemplarFields(points: readonly DocumentPoint[]): string {
  const all = points.flatMap(({ name, exemplars = [] }) => exemplars.map((exemplar) => ({ name, exemplar })))
  if (all.length === 0) return ''
  const list = (field: string, of: (each: (typeof all)[number]) => string): string =>
    `,"exemplars.${field}":[${all.map(of).join(',')}]`
  const text = (value: string): string => binary(JSON.stringify(value))
  return (
    list('metric', ({ name }) => text(name)) +
    list('value', ({ exemplar }) => numberText(exemplar.value)) +
    list('timestamp', ({ exemplar }) => text(timeText(exemplar.timeMs, exemplar.timeNs))) +
    list('trace_id', ({ exemplar }) => text(exemplar.traceId)) +
    list('span_id', ({ exemplar }) => text(exemplar.spanId)) +
    list('attributes', ({ exemplar }) => text(attributesText(exemplar)))
  )
}

function attributesText({ attributes }: Exemplar): string {
  return JSON.stringify(Object.fromEntries(attributes.map(({ key, value }) => [key, value])))
}
