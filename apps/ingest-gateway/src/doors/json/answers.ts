import type { IngestAnswer } from '../../ingest/ingest.ts'
import { jsonErrors } from '../../metrics-json/index.ts'
import type { JsonReport, Rejection } from '../../metrics-json/index.ts'
import type { HttpAnswer } from '../http/http-endpoint.ts'
import { countsAnswer, refusalAnswer } from '../http/json-answers.ts'
import { RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'

const OWN = new Map<string, Meaning>([
  [jsonErrors.malformed.code, { status: 400, rpc: RPC.invalidArgument }],
  [jsonErrors.media_type.code, { status: 415, rpc: RPC.invalidArgument }],
])

/** 200 with what was refused, if anything; 400 when nothing was taken of points that were sent. */
export function successAnswer(answer: IngestAnswer, { listed }: JsonReport): HttpAnswer {
  const { received } = answer
  return countsAnswer(answer, listed, () => jsonErrors.points_refused({ received, first: describeFirst(listed) }))
}

function describeFirst([first]: readonly Rejection[]): string {
  return first === undefined ? '' : `${first.code} (${first.message}).`
}

export function errorAnswer(thrown: unknown): HttpAnswer {
  return refusalAnswer(thrown, OWN)
}
