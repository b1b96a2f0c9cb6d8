import { decodeRecord, parseGroupBlock, parseSeriesBlock, readBatch } from '@pegel/contracts'
import type { Attribute, DeadLetterRecord, MetricPoints, SchemaLookup } from '@pegel/contracts'
import { messageOf } from '@pegel/errors'

/** A refused point, or log event, as whoever has to mend it knows it. */
export interface RefusedPoint {
  /** Index in the source record; -1 for all of it. */
  readonly point: number
  readonly reason: string
  readonly message: string
  /** Of the metric; of a log event, its message. Empty when the record cannot be decoded. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
  readonly at: string
  /** A number, or what a histogram holds; null where there is none. */
  readonly value: unknown
}

export interface DecodedLetter {
  /** Empty when the record could be decoded. */
  readonly problem: string
  readonly points: readonly RefusedPoint[]
}

type Found = Pick<RefusedPoint, 'name' | 'labels' | 'resource' | 'at' | 'value'>

const UNKNOWN: Found = { name: '', labels: {}, resource: {}, at: '', value: null }
const EVENTS_TOPIC = 'pegel.events.v1'

/** What exactly was refused. A record that cannot be decoded gives its reasons all the same. */
export function decodeLetter(letter: DeadLetterRecord, schemas: SchemaLookup): DecodedLetter {
  const named = (find: (point: number) => Found): readonly RefusedPoint[] =>
    letter.refusals.map((refusal) => ({ ...refusal, ...(refusal.point < 0 ? UNKNOWN : find(refusal.point)) }))
  if (letter.value.length === 0)
    return { problem: 'the letter had no room for the value', points: named(() => UNKNOWN) }
  try {
    return { problem: '', points: named(finderOf(letter, schemas)) }
  } catch (error) {
    return { problem: messageOf(error), points: named(() => UNKNOWN) }
  }
}

function finderOf({ topic, value }: DeadLetterRecord, schemas: SchemaLookup): (point: number) => Found {
  if (topic !== EVENTS_TOPIC) {
    const { points } = readBatch(value, schemas)
    return (point) => metricPoint(points, point)
  }
  const { groups } = decodeRecord('LogBatch', value, schemas)
  const events = groups.flatMap((group) => group.events.map((event) => ({ group, event })))
  return (point) => {
    const found = events[point]
    if (found === undefined) return UNKNOWN
    const { event, group } = found
    const resource = { 'service.name': group.service, ...recordOf(group.resource) }
    return { name: event.message, labels: recordOf(event.attributes), resource, at: isoOf(event.timeMs), value: null }
  }
}

function metricPoint({ series, columns }: MetricPoints, point: number): Found {
  const run = series.find(({ first, count }) => point >= first && point < first + count)
  if (run === undefined) return UNKNOWN
  const { name, attributes } = parseSeriesBlock(run.block)
  const { resource } = parseGroupBlock(run.group.block)
  return {
    name,
    labels: recordOf(attributes),
    resource: recordOf(resource),
    at: isoOf(columns.timeMs[point] ?? 0),
    value: columns.complex?.[point] ?? columns.value[point] ?? null,
  }
}

function recordOf(attributes: readonly Attribute[]): Readonly<Record<string, string>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]))
}

function isoOf(timeMs: number): string {
  const time = new Date(timeMs)
  return Number.isNaN(time.getTime()) ? String(timeMs) : time.toISOString()
}
