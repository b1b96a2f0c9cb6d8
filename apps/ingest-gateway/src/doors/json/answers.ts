import type { IngestAnswer } from '../../ingest/ingest.ts'
import { jsonErrors } from '../../metrics-json/index.ts'
import type { JsonReport, Rejection } from '../../metrics-json/index.ts'
import type { HttpAnswer } from '../http/http-endpoint.ts'
import { refusalHeaders, refusalOf, RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'

const OWN = new Map<string, Meaning>([
  [jsonErrors.malformed.code, { status: 400, rpc: RPC.invalidArgument }],
  [jsonErrors.media_type.code, { status: 415, rpc: RPC.invalidArgument }],
])
const HEADERS = { 'content-type': 'application/json; charset=utf-8' }

/** 200 with what was refused, if anything; 400 when nothing was taken of points that were sent. */
export function successAnswer({ received, accepted }: IngestAnswer, { listed }: JsonReport): HttpAnswer {
  const counts = { received, accepted, refused: received - accepted, rejected: listed }
  if (received === 0 || accepted > 0) {
    const code = accepted === received ? 'ok' : 'partial'
    return { status: 200, headers: HEADERS, body: Buffer.from(JSON.stringify(counts)), code }
  }
  const { code, message } = jsonErrors.points_refused({ received, first: describeFirst(listed) })
  return { status: 400, headers: HEADERS, body: Buffer.from(JSON.stringify({ code, message, ...counts })), code }
}

function describeFirst([first]: readonly Rejection[]): string {
  return first === undefined ? '' : `${first.code} (${first.message}).`
}

export function errorAnswer(thrown: unknown): HttpAnswer {
  const refusal = refusalOf(thrown, OWN)
  const { code, message } = refusal.error
  return {
    status: refusal.meaning.status,
    headers: { ...HEADERS, ...refusalHeaders(refusal) },
    body: Buffer.from(JSON.stringify({ code, message })),
    code,
  }
}
