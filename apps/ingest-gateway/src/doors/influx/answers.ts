import type { PegelError } from '@pegel/errors'
import type { IngestAnswer } from '../../ingest/ingest.ts'
import { adviceOf } from '../../ingest/refusals.ts'
import type { LineRefusal, LineReport } from '../../line-protocol/index.ts'
import type { HttpAnswer } from '../http/http-endpoint.ts'
import { refusalHeaders, refusalOf, RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'
import { errorBody } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import { influxErrors } from './errors.ts'

const OWN = new Map<string, Meaning>([
  [influxErrors.bucket_not_found.code, { status: 404, rpc: RPC.notFound }],
  [influxErrors.org_not_found.code, { status: 404, rpc: RPC.notFound }],
  [influxErrors.precision_unknown.code, { status: 400, rpc: RPC.invalidArgument }],
  [influxErrors.lines_refused.code, { status: 400, rpc: RPC.invalidArgument }],
])

/** Clients look for them on every answer; Pegel speaks what InfluxDB 2.7 speaks. */
export const IDENTITY = { 'x-influxdb-version': 'v2.7.0-pegel', 'x-influxdb-build': 'pegel' } as const

/** 204, or 400 with the lines that were refused. Texts beside numbers are named in a header, as they cost no number. */
export function writeAnswer(dialect: Dialect, answer: IngestAnswer, report: LineReport): HttpAnswer {
  if (report.refusedLines > 0) return { ...linesRefused(dialect, answer, report), code: 'partial' }
  const { textFields } = report
  const refused: Record<string, string> = textFields > 0 ? { 'x-pegel-refused': `string_field=${textFields}` } : {}
  const code = textFields > 0 ? 'partial' : 'ok'
  return { status: 204, headers: { ...IDENTITY, ...refused }, body: Buffer.alloc(0), code }
}

function linesRefused(dialect: Dialect, { received, accepted }: IngestAnswer, report: LineReport): HttpAnswer {
  const { listed, refusedLines } = report
  const rest = refusedLines - listed.length
  const lines = listed.map(describeLine).join('; ') + (rest > 0 ? `; and ${rest} more lines` : '')
  const error = influxErrors.lines_refused({ refused: received - accepted, received, accepted, lines })
  return answerOf(dialect, error, listed[0]?.line)
}

function describeLine({ line, reason, problem }: LineRefusal): string {
  return `line ${line}: ${reason} (${problem ?? adviceOf(reason)})`
}

/** An error as InfluxDB would put it, with Pegel's own code at the end of its message. */
export function errorAnswer(dialect: Dialect, thrown: unknown): HttpAnswer {
  return answerOf(dialect, thrown)
}

function answerOf(dialect: Dialect, thrown: unknown, line?: number): HttpAnswer {
  const refusal = refusalOf(thrown, OWN)
  const { error, meaning } = refusal
  const body = errorBody(dialect, meaning.status, { error, line })
  return {
    status: meaning.status,
    headers: {
      ...IDENTITY,
      'content-type': 'application/json; charset=utf-8',
      [dialect === 'v1' ? 'x-influxdb-error' : 'x-platform-error-code']: headerText(dialect, body, error),
      ...refusalHeaders(refusal),
    },
    body: Buffer.from(JSON.stringify(body)),
    code: error.code,
  }
}

/** Of X-Influxdb-Error (1.x: the message) and X-Platform-Error-Code (2.x: the code). A header is Latin-1 and short. */
function headerText(dialect: Dialect, body: object, error: PegelError): string {
  if (dialect === 'v2') return (body as { readonly code: string }).code
  return error.message.replace(/[^\x20-\x7e]/g, '?').slice(0, 256)
}
