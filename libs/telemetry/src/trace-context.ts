/** W3C Trace Context (https://www.w3.org/TR/trace-context/), as plain strings. */
export interface TraceContext {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** 16 lower-case hex digits: the span that the next one is a child of. */
  readonly spanId: string
  readonly sampled: boolean
  /** Vendors' data, carried on unread. */
  readonly state?: string
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const SAMPLED = 1
const MAX_STATE_BYTES = 512

/** @returns undefined for anything that is not a valid traceparent; the caller then starts a trace of its own */
export function parseTraceparent(traceparent: string, state?: string): TraceContext | undefined {
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(traceparent) ?? []
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  const sampled = (Number.parseInt(flags, 16) & SAMPLED) !== 0
  const keepState = state !== undefined && state !== '' && Buffer.byteLength(state) <= MAX_STATE_BYTES
  return { traceId, spanId, sampled, ...(keepState ? { state } : {}) }
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`
}
