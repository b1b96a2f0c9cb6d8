import type { ProtocolVersion } from './receiver.ts'
import type { SampleCounts } from './request-content.ts'

/** What a receiver said to a request, before it means anything. */
export interface ReceiverAnswer {
  readonly status: number
  readonly body: string
  /** The Retry-After header, as it came. */
  readonly retryAfter: string | undefined
  /** Of its X-Prometheus-Remote-Write-*-Written headers; absent when it has none of them. */
  readonly written?: SampleCounts
}

/** What a request was and how it was sent, which its answer is held against. */
export interface Sent {
  readonly version: ProtocolVersion
  /** Asked for only where the answer says how much was written. */
  readonly counts: () => SampleCounts
}

/**
 * `stored`: all of it. `retry`: nothing of it counts, send the same again. `refused`: at least one sample is refused for good (which one, the
 * answer does not say reliably). `too_large`: the request itself is.
 */
export type Verdict =
  | { readonly kind: 'stored' }
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs: number | undefined }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly message: string }
  | { readonly kind: 'too_large'; readonly message: string }

export type RefusalReason =
  /** Something with that time is stored already. */
  | 'duplicate'
  | 'not_written'
  | 'out_of_order'
  | 'too_old'
  | 'too_new'
  | 'native_histograms_disabled'
  | 'limit'
  | 'refused'

/** Texts of Prometheus, Mimir and Cortex, most telling first. Those that mean "for good" whatever the status. */
const REFUSALS: readonly (readonly [RegExp, RefusalReason])[] = [
  [/native histograms are disabled|native histogram.* (not|isn't) (enabled|supported)/i, 'native_histograms_disabled'],
  [/duplicate sample for timestamp|sample-duplicate-timestamp|new-value-for-timestamp/i, 'duplicate'],
  [/out of order sample|sample-out-of-order/i, 'out_of_order'],
  [/too old sample|sample-(timestamp-)?too-old|timestamp too old/i, 'too_old'],
  [/out of bounds/i, 'too_old'],
  [/too-far-in-future|too far in the future|timestamp too new/i, 'too_new'],
]

/** Limits of Mimir and Cortex that concern one series: those about rates come as 429. */
const LIMITS =
  /per-user series limit|per-metric series limit|max-series-per-|max-label|label-(name|value)-too-long|series has too many labels/i

/** The reason of a retry that needs the other version. */
export const UNSUPPORTED_VERSION = 'unsupported_version'

/** An answer to remote write 2.0, whose headers say how much was written. Table: classify.spec.ts. */
export function classifySent(answer: ReceiverAnswer, { version, counts }: Sent): Verdict {
  if (version === '1.0') return classify(answer)
  const { status, written } = answer
  const isSuccess = status >= 200 && status < 300
  // A receiver of 1.0 that does not look at the type finds an empty request and is content: the specification's sign of it.
  if (status === 415 || (isSuccess && written === undefined)) {
    return { kind: 'retry', reason: UNSUPPORTED_VERSION, afterMs: undefined }
  }
  const { samples, histograms } = counts()
  const all = written !== undefined && written.samples >= samples && written.histograms >= histograms
  // What was refused then is an exemplar, which is no point.
  if (isSuccess || status === 400) {
    if (all) return { kind: 'stored' }
    if (isSuccess) return notWritten(written, samples)
  }
  return classify(answer)
}

/** One that wrote every sample and not a single histogram does not take them. */
function notWritten(written: SampleCounts | undefined, samples: number): Verdict {
  const onlySamples = written?.samples === samples && written.histograms === 0
  const reason = onlySamples ? 'native_histograms_disabled' : 'not_written'
  return { kind: 'refused', reason, message: 'The receiver says that it did not write it.' }
}

/** Table: classify.spec.ts. */
export function classify(answer: ReceiverAnswer): Verdict {
  const { status, body } = answer
  if (status >= 200 && status < 300) return { kind: 'stored' }
  if (status === 413) return { kind: 'too_large', message: oneLine(body) }
  // Prometheus 2.42 answers 500 to some refusals; an answer that names one is final whatever its number.
  if (status === 400 || status === 422 || status === 500) {
    const known = REFUSALS.find(([text]) => text.test(body))
    if (known !== undefined) return { kind: 'refused', reason: known[1], message: oneLine(body) }
  }
  if (status === 400 || status === 422) {
    const reason = LIMITS.test(body) ? 'limit' : 'refused'
    return { kind: 'refused', reason, message: oneLine(body) }
  }
  // 401, 403, 404 and the like are a matter of configuration: no fault of the data, which waits until it is mended.
  return { kind: 'retry', reason: `status_${status}`, afterMs: retryAfterMs(answer.retryAfter) }
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfterMs(header: string | undefined, nowMs = Date.now()): number | undefined {
  if (header === undefined || header.trim() === '') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const dateMs = Date.parse(header)
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs)
}

function oneLine(body: string): string {
  return body.replace(/\s+/g, ' ').trim().slice(0, 300)
}
