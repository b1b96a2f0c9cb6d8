import { messageOf, PegelError } from '@pegel/errors'
import type { SendResult } from '../channel.ts'
import type { Answer } from '../egress/egress.ts'

const PASSING: ReadonlySet<number> = new Set([408, 425, 429])

/** What a status says of a message: taken; to be sent again; or never to be taken. A redirect is not followed, so it is an address to mend. */
export function classifyHttp({ status, text, retryAfter }: Answer, nowMs: number): SendResult {
  if (status >= 200 && status < 300) return { status: 'sent' }
  const reason = `status ${status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`
  if (status < 500 && !PASSING.has(status)) return { status: 'failed', reason }
  const afterMs = retryAfterMs(retryAfter, nowMs)
  return { status: 'retryable', reason, ...(afterMs === undefined ? {} : { afterMs }) }
}

/** RFC 9110: seconds, or a date. An hour at most: a receiver must not silence an alert for good. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), 3_600_000)
}

/** A secret that is no header, or no address: waiting does not mend it. */
const LASTING: ReadonlySet<string> = new Set(['ERR_INVALID_URL', 'UND_ERR_INVALID_ARG', 'ERR_INVALID_CHAR'])

/** A connection that failed may work later; what we refused ourselves will not. */
export function classifyThrown(error: unknown): SendResult {
  const cause = error instanceof Error && error.cause instanceof PegelError ? error.cause : error
  const passes =
    cause instanceof PegelError ? cause.retryable : !LASTING.has((cause as { readonly code?: string }).code ?? '')
  return { status: passes ? 'retryable' : 'failed', reason: messageOf(cause) }
}
