import type { IngestAnswer } from '../../ingest/ingest.ts'
import type { RejectedLine } from '../../logs/index.ts'
import { logsErrors } from '../../logs/index.ts'
import type { HttpAnswer } from '../http/http-endpoint.ts'
import { countsAnswer, refusalAnswer } from '../http/json-answers.ts'
import { RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'

const invalid: Meaning = { status: 400, rpc: RPC.invalidArgument }
const OWN = new Map<string, Meaning>([
  [logsErrors.malformed.code, invalid],
  [logsErrors.nothing_accepted.code, invalid],
])
/** More of them would say no more. */
const MAX_NAMED = 100

/** What was taken, and the first hundred lines that were not; 400 when that was all. */
export function linesAnswer(answer: IngestAnswer, rejected: readonly RejectedLine[]): HttpAnswer {
  const { received } = answer
  return countsAnswer(answer, rejected.slice(0, MAX_NAMED), () => logsErrors.nothing_accepted({ received }))
}

/** {code, message}: the stable code and what to do. */
export function errorAnswer(thrown: unknown): HttpAnswer {
  return refusalAnswer(thrown, OWN)
}
