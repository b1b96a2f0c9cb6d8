import type { PegelError } from '@pegel/errors'
import type { IngestAnswer } from '../../ingest/ingest.ts'
import { refusalHeaders, refusalOf } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'
import type { HttpAnswer } from './http-endpoint.ts'

const HEADERS = { 'content-type': 'application/json; charset=utf-8' }

/**
 * What was taken and what was not: 200, or 400 when nothing was taken of what was sent.
 * @param rejected what was refused, each with its place, as many as shall be named
 * @param nothingTaken the error of that 400
 */
export function countsAnswer(
  { received, accepted }: Pick<IngestAnswer, 'received' | 'accepted'>,
  rejected: readonly object[],
  nothingTaken: () => PegelError,
): HttpAnswer {
  const counts = { received, accepted, refused: received - accepted, rejected }
  if (accepted > 0 || received === 0) {
    return answerOf(200, accepted === received ? 'ok' : 'partial', counts)
  }
  const { code, message } = nothingTaken()
  return answerOf(400, code, { code, message, ...counts })
}

/** {code, message}: the stable code and what to do. */
export function refusalAnswer(thrown: unknown, own?: ReadonlyMap<string, Meaning>): HttpAnswer {
  const refusal = refusalOf(thrown, own)
  const { code, message } = refusal.error
  const answer = answerOf(refusal.meaning.status, code, { code, message })
  return { ...answer, headers: { ...HEADERS, ...refusalHeaders(refusal) } }
}

function answerOf(status: number, code: string, body: object): HttpAnswer {
  return { status, headers: HEADERS, body: Buffer.from(JSON.stringify(body)), code }
}
