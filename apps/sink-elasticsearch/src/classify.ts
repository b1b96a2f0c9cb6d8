/** An answer of _bulk, or of whatever stands in front of it. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  /** The Retry-After header: seconds or a date. */
  readonly retryAfter: string | undefined
}

export type ItemVerdict =
  | { readonly kind: 'stored' }
  /** 409: a document with these dimensions, metric names and time is there. */
  | { readonly kind: 'present' }
  /** No writable index of the stream covers its time. */
  | { readonly kind: 'late' }
  /** Refused for good. `splittable`: a part of the document may be taken. */
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string; readonly splittable: boolean }
  /** The stream or its template is not there. */
  | { readonly kind: 'missing' }
  /** The credentials do not allow it. */
  | { readonly kind: 'denied'; readonly message: string }
  | { readonly kind: 'retry'; readonly message: string }

export type Verdict =
  /** One per document sent. */
  | { readonly kind: 'items'; readonly items: readonly ItemVerdict[] }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'denied'; readonly message: string }
  | { readonly kind: 'retry'; readonly afterMs: number | undefined; readonly message: string }

/** What became of the documents of one request. Whatever is not known to be a refusal of the data is tried again. */
export function classify({ status, body, retryAfter }: Answer, documents: number, nowMs: number): Verdict {
  const message = `HTTP ${status}: ${reasonText(body)}`
  if (status === 413) return { kind: 'too_large' }
  if (status === 401 || status === 403) return { kind: 'denied', message }
  const items = status === 200 ? itemsOf(body) : undefined
  if (items?.length !== documents) return { kind: 'retry', afterMs: retryAfterMs(retryAfter, nowMs), message }
  return { kind: 'items', items: items.map(classifyItem) }
}

interface BulkError {
  readonly type?: string
  readonly reason?: string
  readonly caused_by?: { readonly reason?: string }
}

interface BulkItem {
  readonly status?: number
  readonly error?: BulkError
}

export function classifyItem({ status = 0, error = {} }: BulkItem): ItemVerdict {
  const message = [error.reason, error.caused_by?.reason].filter((text) => text !== undefined).join(': ')
  switch (status) {
    case 200:
    case 201:
      return { kind: 'stored' }
    case 409:
      return { kind: 'present' }
    case 400:
      return OUT_OF_RANGE.test(message) ? { kind: 'late' } : refused(error.type ?? '', message)
    case 403:
      return error.type === 'cluster_block_exception' ? blocked(message) : { kind: 'denied', message }
    case 404:
      return { kind: 'missing' }
    default:
      return { kind: 'retry', message: `HTTP ${status}: ${message}` }
  }
}

const OUT_OF_RANGE =
  /^the document timestamp \[.*?\] is outside of ranges of currently writable indices|^time series index @timestamp value \[.*?\] must be (larger|smaller) than/
const FIELD_LIMIT = /Limit of total fields \[\d+\] has been exceeded/
const TIME = /^\[\d+:\d+\] failed to parse field \[@timestamp\]/
const LABEL =
  /failed to parse field \[(attributes|resource\.attributes|scope\.attributes|scope|unit)\b.*?\] of type \[keyword\]/

/** An older index of the stream that was made read-only, by downsampling for example, is as good as gone for writing. */
function blocked(message: string): ItemVerdict {
  return /FORBIDDEN\/(5|8)\//.test(message) ? { kind: 'late' } : { kind: 'retry', message }
}

function refused(type: string, message: string): ItemVerdict {
  const as = (reason: string, splittable: boolean): ItemVerdict => ({ kind: 'refused', reason, message, splittable })
  if (isFieldLimit(message)) return as('field_limit', true)
  if (LABEL.test(message)) return as('label_refused', false)
  if (type === 'timestamp_error' || TIME.test(message)) return as('timestamp_refused', false)
  if (message.includes('failed to parse field')) return as('mapping_conflict', true)
  return as('document_refused', true)
}

export function isFieldLimit(message: string): boolean {
  return FIELD_LIMIT.test(message)
}

function itemsOf(body: unknown): BulkItem[] | undefined {
  const items = isRecord(body) ? body.items : undefined
  if (!Array.isArray(items)) return undefined
  return items.map((item: unknown) => (isRecord(item) && isRecord(item.create) ? item.create : {}))
}

function reasonText(body: unknown): string {
  if (typeof body === 'string') return body
  const error = isRecord(body) ? body.error : undefined
  if (typeof error === 'string') return error
  const reason = isRecord(error) ? error.reason : undefined
  return typeof reason === 'string' ? reason : ''
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** RFC 9110, 10.2.3. */
function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}
