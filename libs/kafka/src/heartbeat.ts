import { setTimeout as sleep } from 'node:timers/promises'

export interface HeartbeatOptions {
  readonly intervalMs: number
  readonly sessionTimeoutMs: number
  readonly send: () => Promise<void>
  /** True when the group itself answered that the generation is over. */
  readonly isOver: (error: unknown) => boolean
  /** @param sentAtMs when it was asked, by performance.now() */
  readonly onBeat: (sentAtMs: number) => void
  /** A beat failed otherwise; another follows soon. */
  readonly onTrouble: (error: unknown) => void
  readonly onOver: (error: unknown) => void
  readonly signal: AbortSignal
}

/**
 * Beats on a timer, whatever the handlers and the fetches are doing, until the generation is over.
 * @returns why: the group said so, nobody was reached for a session timeout, or the signal was aborted
 */
export async function keepBeating(options: HeartbeatOptions): Promise<'rebalance' | 'session_lost' | 'stopped'> {
  const { intervalMs, sessionTimeoutMs, signal } = options
  let lastBeatAt = Date.now()
  let pauseMs = intervalMs
  for (;;) {
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return 'stopped'
    try {
      const sentAtMs = performance.now()
      await options.send()
      lastBeatAt = Date.now()
      pauseMs = intervalMs
      options.onBeat(sentAtMs)
    } catch (error) {
      if (isAborted(signal)) return 'stopped'
      if (options.isOver(error)) {
        options.onOver(error)
        return 'rebalance'
      }
      if (Date.now() - lastBeatAt > sessionTimeoutMs) return 'session_lost'
      pauseMs = Math.min(intervalMs, 300)
      options.onTrouble(error)
    }
  }
}

/** Asked anew after an await, which the type checker does not see. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}
