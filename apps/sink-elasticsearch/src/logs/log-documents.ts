import { hash } from 'node:crypto'
import type { Attribute, LogBatch, LogEvent, LogGroup } from '@pegel/contracts'
import type { LogRecord } from '@pegel/pipeline'
import { timeText } from '../json.ts'

/** A log event on its way: one document. */
export interface LogDocument {
  /** Index of the record in the write, and of the event in the record. */
  readonly record: number
  readonly point: number
  /** `full`: as it should be. `plain`: what a mapping that is not ours refused, without what clients name themselves. */
  readonly form: 'full' | 'plain'
  /** Two lines of a bulk request. */
  readonly lines: Buffer
}

export interface LogPlace {
  readonly dataset: string
  readonly tenant: string
}

/** The selected events of a record as documents. The same record gives the same documents with the same ids, whenever it comes again. */
export function documentsOf({ batch, select }: LogRecord, record: number, place: LogPlace): LogDocument[] {
  const selected = select === null ? null : new Set(select)
  const documents: LogDocument[] = []
  let point = 0
  for (const group of batch.groups) {
    for (const event of group.events) {
      if (selected?.has(point) !== false)
        documents.push({
          record,
          point,
          form: 'full',
          lines: linesOf(idOf(batch, point), full(batch, { group, event }, place)),
        })
      point += 1
    }
  }
  return documents
}

/** The same event in the form that asks nothing of the mapping but the fields that every log has. */
export function plainDocumentOf({ batch }: LogRecord, { record, point }: LogDocument, place: LogPlace): LogDocument {
  return {
    record,
    point,
    form: 'plain',
    lines: linesOf(idOf(batch, point), plain(batch, eventAt(batch, point), place)),
  }
}

/** Random bytes of the record and the event's index in it: no offset, since a topic that is made anew would begin with known ones. */
function idOf({ batchId }: LogBatch, point: number): string {
  return `${Buffer.from(batchId).toString('base64url')}-${point.toString(36)}`
}

interface EventInGroup {
  readonly group: LogGroup
  readonly event: LogEvent
}

function eventAt({ groups }: LogBatch, point: number): EventInGroup {
  let first = 0
  for (const group of groups) {
    const event = group.events[point - first]
    if (event !== undefined) return { group, event }
    first += group.events.length
  }
  throw new RangeError(`no event ${point}`)
}

function linesOf(id: string, document: object): Buffer {
  return Buffer.from(`{"create":{"_id":"${id}"}}\n${JSON.stringify(document)}\n`)
}

function common(batch: LogBatch, { group, event }: EventInGroup, { dataset, tenant }: LogPlace): object {
  return {
    '@timestamp': timeText(event.timeMs, event.timeNs),
    message: event.message,
    tenant,
    organization: { id: tenant },
    data_stream: { type: 'logs', dataset, namespace: tenant },
    ...optional('log', { level: event.level }),
    ...optional('service', { name: group.service }),
    ...optional('trace', { id: event.traceId }),
    ...optional('span', { id: event.spanId }),
    event: withoutEmpty({
      action: event.name,
      category: event.category,
      outcome: event.outcome,
      severity: event.severity === 0 ? undefined : event.severity,
      created: event.observedMs === 0 ? undefined : event.observedMs,
      ingested: batch.receivedAtMs,
    }),
  }
}

function full(batch: LogBatch, within: EventInGroup, place: LogPlace): object {
  const { group, event } = within
  return {
    ...common(batch, within, place),
    ...optional('source', { ip: event.sourceAddress }),
    ...(event.attributes.length === 0 ? {} : { labels: flat(event.attributes) }),
    ...(group.resource.length === 0 ? {} : { resource: { attributes: flat(group.resource) } }),
    ...optional('scope', { name: group.scopeName, version: group.scopeVersion }),
  }
}

function plain(batch: LogBatch, within: EventInGroup, place: LogPlace): object {
  const { event, ...document } = common(batch, within, place) as { readonly event: object }
  const { group } = within
  const original = { ...event, labels: within.event.attributes, resource: group.resource, scope: group.scopeName }
  return { ...document, event: { original: JSON.stringify(original) }, tags: ['pegel_mapping_conflict'] }
}

const MAX_KEY_CHARS = 512

/** A flattened field takes no NUL in a key, and no key of 32 KiB. */
function flat(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [safeKey(key), value]))
}

function safeKey(key: string): string {
  const text = key.replaceAll('\0', '\uFFFD')
  if (text.length <= MAX_KEY_CHARS) return text
  return `${text.slice(0, MAX_KEY_CHARS).toWellFormed()}…${hash('sha256', key, 'hex').slice(0, 16)}`
}

function optional(name: string, fields: Readonly<Record<string, string>>): object {
  const present = withoutEmpty(fields)
  return Object.keys(present).length === 0 ? {} : { [name]: present }
}

function withoutEmpty(fields: Readonly<Record<string, string | number | undefined>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''))
}
