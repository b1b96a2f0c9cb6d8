import type { RequestPoints } from '../../ingest/request-points.ts'
import { decodeLines } from '../../line-protocol/index.ts'
import type { LineCache, Precision } from '../../line-protocol/index.ts'
import { decodeMetricsJson } from '../../metrics-json/index.ts'
import type { JsonForm } from '../../metrics-json/index.ts'
import { mqttErrors } from './errors.ts'

/** What a payload is in. */
export type PayloadForm = JsonForm | 'lines'

const FORMS = new Map<string, PayloadForm>([
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
  ['text/plain', 'lines'],
  ['application/vnd.influx.line-protocol', 'lines'],
])
const PRECISIONS: ReadonlySet<string> = new Set(['ns', 'us', 'ms', 's'] satisfies Precision[])

/** What MQTT 5 lets a publisher say of a payload; 3.1.1 knows nothing of the kind. */
export interface PayloadHints {
  readonly contentType?: string | undefined
  /** User property `precision`, for line protocol. */
  readonly precision?: string | undefined
}

/**
 * By the content type, if it is one that is known; else by the first byte: `[` is a JSON array, `{` a JSON object, or one per line when the
 * first line is one by itself and others follow; anything else is line protocol.
 */
export function formOf(payload: Buffer, contentType: string | undefined): PayloadForm {
  const named = FORMS.get((contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '')
  if (named !== undefined) return named
  const start = payload.toString('utf8', 0, 1024).trimStart()
  if (start.startsWith('[')) return 'json'
  if (!start.startsWith('{')) return 'lines'
  const text = payload.toString('utf8').trim()
  const newline = text.indexOf('\n')
  return newline !== -1 && isJson(text.slice(0, newline)) ? 'ndjson' : 'json'
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export interface DecodeOptions extends PayloadHints {
  readonly tenant: string
  readonly receivedAtMs: number
  readonly lines: LineCache
}

/** @throws jsonErrors.malformed, mqttErrors.precision_unknown */
export function decodePayload(payload: Buffer, points: RequestPoints, options: DecodeOptions): void {
  const { tenant, receivedAtMs, lines, contentType, precision = 'ns' } = options
  const form = formOf(payload, contentType)
  if (form !== 'lines') {
    decodeMetricsJson(payload, points, { form, tenant, receivedAtMs })
    return
  }
  if (!isPrecision(precision)) throw mqttErrors.precision_unknown({ precision, known: [...PRECISIONS].join(', ') })
  decodeLines(payload, points, { cache: lines, precision, receivedAtMs })
}

function isPrecision(text: string): text is Precision {
  return PRECISIONS.has(text)
}
