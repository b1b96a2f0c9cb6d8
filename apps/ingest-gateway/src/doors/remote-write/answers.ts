import type { IngestAnswer } from '../../ingest/ingest.ts'
import { describeRefusals } from '../../ingest/refusals.ts'
import { remoteWriteErrors, Written } from '../../remote-write/index.ts'
import type { HttpAnswer } from '../http/http-endpoint.ts'
import { refusalHeaders, refusalOf, RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'

const invalid: Meaning = { status: 400, rpc: RPC.invalidArgument }
const OWN = new Map<string, Meaning>([
  [remoteWriteErrors.malformed.code, invalid],
  [remoteWriteErrors.partial.code, invalid],
  [remoteWriteErrors.message_type.code, { status: 415, rpc: RPC.invalidArgument }],
])

/** 204 when everything was written, else 400: the specification wants a sender to hear of every element that was not. */
export function writtenAnswer(answer: IngestAnswer, written: Written): HttpAnswer {
  const { received, accepted, refused } = answer
  const { refusedExemplars } = written
  const headers = writtenHeaders(written)
  if (received === accepted && refusedExemplars === 0) {
    return { status: 204, headers, body: Buffer.alloc(0), code: 'ok' }
  }
  const parts = [
    ...(received === accepted ? [] : [describeRefusals(refused, received)]),
    ...(refusedExemplars === 0
      ? []
      : [`${refusedExemplars} exemplars refused (they need a time, and labels of 512 characters at most)`]),
  ]
  const error = remoteWriteErrors.partial({ refusals: parts.join('; ') })
  return { ...errorAnswer(error, written), code: 'partial' }
}

/** One line of plain text that ends with the code: Prometheus logs its first line. Nothing was written unless it is said. */
export function errorAnswer(thrown: unknown, written = new Written()): HttpAnswer {
  const refusal = refusalOf(thrown, OWN)
  const { error, meaning } = refusal
  return {
    status: meaning.status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      ...writtenHeaders(written),
      ...refusalHeaders(refusal),
    },
    body: Buffer.from(`${error.message} (${error.code})\n`),
    code: error.code,
  }
}

function writtenHeaders({ samples, histograms, exemplars }: Written): Readonly<Record<string, string>> {
  return {
    'x-prometheus-remote-write-samples-written': String(samples),
    'x-prometheus-remote-write-histograms-written': String(histograms),
    'x-prometheus-remote-write-exemplars-written': String(exemplars),
  }
}
