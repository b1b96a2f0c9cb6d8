export interface RetryDelayOptions {
  /** 0 for the first retry. */
  readonly attempt: number
  readonly baseMs: number
  readonly maxMs: number
  /** What the backend asked for; the wait is never shorter. */
  readonly afterMs?: number | undefined
  readonly random?: () => number
}

/**
 * Exponential backoff with full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
 * The jitter is added on top of the backend's own wish, so that all lanes it turned away do not come back at once.
 */
export function retryDelayMs(options: RetryDelayOptions): number {
  const ceiling = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(options.attempt, 30))
  const jitter = Math.round((options.random ?? Math.random)() * ceiling)
  return options.afterMs === undefined ? jitter : options.afterMs + Math.round(jitter / 4)
}
