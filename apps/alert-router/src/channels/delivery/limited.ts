import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel } from '../channel.ts'

export interface LimitOptions {
  readonly perMinute: number
  /** Monotonic, ms. */
  readonly clock?: () => number
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Lets so many messages a minute through, evenly, with room for a burst of a tenth of them; the others wait their turn. */
export function limited(
  channel: Channel,
  { perMinute, clock = () => performance.now(), wait = pause }: LimitOptions,
): Channel {
  const everyMs = 60_000 / perMinute
  const burstMs = everyMs * Math.max(1, Math.floor(perMinute / 10))
  let freeAtMs = -Infinity
  return {
    ...(channel.close === undefined ? {} : { close: () => channel.close?.() ?? Promise.resolve() }),
    async send(notification, signal) {
      const nowMs = clock()
      // The place in the row is taken before anything is waited for, so that order is kept.
      freeAtMs = Math.max(freeAtMs, nowMs - burstMs) + everyMs
      const waitMs = freeAtMs - nowMs
      if (waitMs > 0) await wait(waitMs, signal)
      if (signal.aborted) return { status: 'retryable', reason: 'aborted while it waited for its turn' }
      return channel.send(notification, signal)
    },
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined) // the caller looks at the signal
}
