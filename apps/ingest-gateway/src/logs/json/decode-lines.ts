import { isUtf8 } from 'node:buffer'
import { linesOf } from '../../wire/lines-of.ts'
import type { LogRefusal } from '../log-refusals.ts'
import { adviceOn } from '../log-refusals.ts'
import type { LogSink } from '../log-sink.ts'
import { logsErrors } from './errors.ts'
import { instantOf } from './instant.ts'
import { logLineSchema } from './log-line.ts'
import type { LogLine } from './log-line.ts'
import { attributesOf } from './metadata.ts'

/** Where it stands: the line of the body, from 1, or the index in the array, from 0. */
type Place = { readonly line: number } | { readonly index: number }

/** A log line that was not taken. */
export type RejectedLine = Place & Rejection

interface Rejection {
  readonly code: LogRefusal
  readonly message: string
}

interface PlacedValue {
  readonly place: Place
  /** Undefined when the line is no JSON. */
  readonly value: () => unknown
}

/** So many bad lines are told apart from good ones; what has more is not in this form, and to find that out of each costs others their time. */
export const MAX_INVALID = 1000
/** More are counted, not listed. */
const MAX_LISTED = 1000

const NEVER = { ms: 0, ns: 0 }

/**
 * Decodes one log line, an array of them, or a line each (NDJSON), tells the sink those that are valid, and gives the others back.
 * @throws logs.malformed when nothing of it can be told apart
 */
export function decodeLogLines(body: Buffer, tenant: string, sink: LogSink): readonly RejectedLine[] {
  const rejected: RejectedLine[] = []
  const reject = (place: Place, rejection: Rejection): void => {
    if (rejected.length < MAX_LISTED) rejected.push({ ...place, ...rejection })
  }
  let service: string | undefined
  let invalid = 0
  for (const { place, value } of valuesOf(body)) {
    if (sink.isFull || invalid >= MAX_INVALID) {
      const code = sink.isFull ? 'max_points_per_request' : 'invalid_line'
      sink.refuse(code)
      reject(place, { code, message: adviceOn(code) })
      continue
    }
    const read = readLine(value(), tenant)
    if ('code' in read) {
      if (read.code === 'invalid_line') invalid += 1
      sink.refuse(read.code)
      reject(place, read)
      continue
    }
    const named = read.line.service ?? ''
    if (named !== service) sink.group({ service: named, resource: [], scopeName: '', scopeVersion: '' })
    service = named
    const refused = tell(read, sink)
    if (refused !== undefined) reject(place, { code: refused, message: adviceOn(refused) })
  }
  return rejected
}

type Read = { readonly line: LogLine; readonly attributes: NonNullable<ReturnType<typeof attributesOf>> } | Rejection

function readLine(value: unknown, tenant: string): Read {
  if (value === undefined) return { code: 'invalid_line', message: 'it is not JSON' }
  const { data: line, error } = logLineSchema.safeParse(value)
  if (line === undefined) {
    const [issue] = error.issues
    const path = issue?.path.join('.') ?? ''
    return { code: 'invalid_line', message: `${path === '' ? '' : `${path}: `}${issue?.message ?? 'invalid'}` }
  }
  if (line.tenant_id !== undefined && line.tenant_id !== tenant)
    return { code: 'tenant_mismatch', message: adviceOn('tenant_mismatch') }
  const attributes = attributesOf(line.metadata ?? {})
  if (attributes === undefined) return { code: 'invalid_line', message: 'metadata: it nests deeper than 16 levels' }
  return { line, attributes }
}

function tell({ line, attributes }: Extract<Read, { line: LogLine }>, sink: LogSink): LogRefusal | undefined {
  return sink.log({
    time: instantOf(line.timestamp),
    observed: NEVER,
    severity: 0,
    severityText: line.level ?? '',
    message: line.message,
    name: '',
    traceId: line.trace_id?.toLowerCase() ?? '',
    spanId: line.span_id?.toLowerCase() ?? '',
    attributes,
  })
}

function* valuesOf(body: Buffer): Generator<PlacedValue> {
  if (!isUtf8(body)) throw logsErrors.malformed({ problem: 'it is not valid UTF-8' })
  const text = body.toString('utf8').replace(/^\uFEFF/, '')
  const whole = parse(text)
  if (Array.isArray(whole)) {
    for (const [index, value] of (whole as readonly unknown[]).entries()) yield { place: { index }, value: () => value }
    return
  }
  if (whole !== undefined) {
    yield { place: { line: 1 }, value: () => whole }
    return
  }
  // Only an array cannot be told apart line by line.
  if (/^\s*(\[|$)/.test(text))
    throw logsErrors.malformed({ problem: text.trim() === '' ? 'it is empty' : 'it is not JSON' })
  for (const { line, content } of linesOf(text)) yield { place: { line }, value: () => parse(content) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
