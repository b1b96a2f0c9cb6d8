/** An answer of /api/v2/write. */
export interface Answer {
  readonly status: number
  readonly body: string
  /** The Retry-After header: seconds or a date. */
  readonly retryAfter: string | undefined
}

export type Verdict =
  | { readonly kind: 'written' }
  /** The `dropped` oldest lines are older than the bucket keeps; every other line is stored. */
  | { readonly kind: 'too_old'; readonly dropped: number; readonly message: string }
  /** No line is stored. `lines` are the texts of those that could not be read. */
  | { readonly kind: 'unparseable'; readonly lines: readonly string[]; readonly message: string }
  /**
   * Some lines are refused for good and nothing is known of the others: InfluxDB writes each shard on its own and answers
   * with the first error alone, so neither the rest of the request nor the count of the refused is certain.
   * Only when `dropped` is the number of lines sent, all of them are refused.
   */
  | {
      readonly kind: 'refused'
      readonly dropped: number | undefined
      readonly reason: string
      readonly message: string
    }
  | { readonly kind: 'too_large' }
  /** The bucket is not there. */
  | { readonly kind: 'missing'; readonly message: string }
  /** The token may not write. */
  | { readonly kind: 'denied'; readonly message: string }
  | { readonly kind: 'retry'; readonly afterMs: number | undefined; readonly message: string }

/** What became of the lines of one request. Whatever is not known to be a refusal of the data is tried again. */
export function classify({ status, body, retryAfter }: Answer, nowMs: number): Verdict {
  const { code, message } = errorOf(body)
  const retry: Verdict = {
    kind: 'retry',
    afterMs: retryAfterMs(retryAfter, nowMs),
    message: `HTTP ${status}: ${message}`,
  }
  switch (status) {
    case 200:
    case 204:
      return { kind: 'written' }
    case 400:
      return code === 'invalid' ? invalid(message) : retry
    case 401:
    case 403:
      return { kind: 'denied', message }
    case 404:
      return code === 'not found' ? { kind: 'missing', message } : retry
    case 413:
      return { kind: 'too_large' }
    case 422:
      return code === 'unprocessable entity' ? partial(message, retry) : retry
    default:
      return retry
  }
}

/** A message has one line for each line that could not be read, and no name in them holds a newline. */
function invalid(message: string): Verdict {
  const lines: string[] = []
  for (const line of message.split('\n')) {
    const text = /^unable to parse '(.*)': /.exec(line)?.[1]
    if (text !== undefined) lines.push(text)
  }
  if (lines.length > 0) return { kind: 'unparseable', lines, message }
  return { kind: 'refused', dropped: undefined, reason: 'request_invalid', message }
}

/** Anchored: metric names are part of the message, and may say anything. */
function partial(message: string, retry: Verdict): Verdict {
  const count = /dropped=(\d+)( for database: \S+ for retention policy: \S+)?$/.exec(message)?.[1]
  const dropped = count === undefined ? undefined : Number(count)
  const cause = message.replace(/^.*?partial write: /, '')
  if (/^shard \d+ is pending deletion/.test(cause)) return retry
  if (dropped !== undefined && /^(dropped \d+ points outside|points beyond) retention policy/.test(cause)) {
    return { kind: 'too_old', dropped, message }
  }
  return { kind: 'refused', dropped, reason: reasonOf(cause), message }
}

function reasonOf(cause: string): string {
  if (cause.startsWith('field type conflict')) return 'field_type_conflict'
  if (/^max-(series|values)-per/.test(cause)) return 'series_limit'
  return 'write_refused'
}

function errorOf(body: string): { code: string | undefined; message: string } {
  try {
    const parsed = JSON.parse(body) as { code?: unknown; message?: unknown } | null
    const { code, message } = parsed ?? {}
    return {
      code: typeof code === 'string' ? code : undefined,
      message: typeof message === 'string' ? message : body,
    }
  } catch {
    return { code: undefined, message: body }
  }
}

/** RFC 9110, 10.2.3. */
function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}
