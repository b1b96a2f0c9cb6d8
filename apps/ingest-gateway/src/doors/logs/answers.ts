import type { LogsAnswer, RejectedLine } from '../../logs/index.ts'
import { logsErrors } from '../../logs/index.ts'
import type { HttpAnswer } from '../http/http-endpoint.ts'
import { refusalHeaders, refusalOf, RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'

const invalid: Meaning = { status: 400, rpc: RPC.invalidArgument }
const OWN = new Map<string, Meaning>([
  [logsErrors.malformed.code, invalid],
  [logsErrors.nothing_accepted.code, invalid],
])
const HEADERS = { 'content-type': 'application/json; charset=utf-8' }
/** More of them would say no more. */
const MAX_NAMED = 100

/** What was taken, and the first hundred lines that were not; 400 when that was all. */
export function linesAnswer({ received, accepted }: LogsAnswer, rejected: readonly RejectedLine[]): HttpAnswer {
  const counts = { received, accepted, refused: received - accepted, rejected: rejected.slice(0, MAX_NAMED) }
  if (accepted > 0 || received === 0) {
    const code = received === accepted ? 'ok' : 'partial'
    return { status: 200, headers: HEADERS, body: Buffer.from(JSON.stringify(counts)), code }
  }
  const { code, message } = logsErrors.nothing_accepted({ received })
  return { status: 400, headers: HEADERS, body: Buffer.from(JSON.stringify({ code, message, ...counts })), code }
}

/** {code, message}: the stable code and what to do. */
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
