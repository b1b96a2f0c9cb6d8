import type { SendResult } from '../channel.ts'
import { classifyHttp } from '../delivery/classify-http.ts'
import type { Answer } from '../egress/egress.ts'

const PASSING: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
])

interface ApiAnswer {
  readonly ok?: boolean
  readonly error?: string
  readonly ts?: string
  readonly channel?: string
}

/** The Web API says 200 to failures too, and what failed in the body. `ref` is `channel:ts` of the message. */
export function classifySlack(answer: Answer, nowMs: number): SendResult {
  const byStatus = classifyHttp(answer, nowMs)
  if (byStatus.status !== 'sent') return byStatus
  const body = parse(answer.text)
  if (body?.ok === true)
    return { status: 'sent', ...(body.ts === undefined ? {} : { ref: `${body.channel ?? ''}:${body.ts}` }) }
  const error = body?.error ?? 'an answer that is no JSON'
  return { status: PASSING.has(error) ? 'retryable' : 'failed', reason: `Slack: ${error}` }
}

function parse(text: string): ApiAnswer | undefined {
  // What we need stands before the message itself, which may be longer than what is kept of an answer.
  try {
    return JSON.parse(text) as ApiAnswer
  } catch {
    const ok = /^\s*\{\s*"ok"\s*:\s*true/.test(text)
    const [ts, channel] = ['ts', 'channel'].map((key) => new RegExp(`"${key}"\\s*:\\s*"([^"]*)"`).exec(text)?.[1])
    return ok ? { ok, ...(ts === undefined ? {} : { ts }), ...(channel === undefined ? {} : { channel }) } : undefined
  }
}
