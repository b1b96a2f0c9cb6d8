import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel, SendResult } from '../channel.ts'

export interface RetryOptions {
  readonly attempts: number
  readonly firstWaitMs: number
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** 0 ≤ x < 1. */
  readonly random?: () => number
}

/** A receiver may ask for more time than this: then the router keeps the notification and comes again. */
const MAX_WAIT_MS = 10_000

/** Tries again what may pass, each wait twice the last, with jitter; what is left then is the fallback's, or the router's. */
export function retried(
  channel: Channel,
  { attempts, firstWaitMs, wait = pause, random = Math.random }: RetryOptions,
): Channel {
  return {
    ...(channel.close === undefined ? {} : { close: () => channel.close?.() ?? Promise.resolve() }),
    async send(notification, signal) {
      let result: SendResult = { status: 'retryable', reason: 'not sent' }
      for (let attempt = 0; attempt < attempts && !signal.aborted; attempt += 1) {
        result = await channel.send(notification, signal)
        if (result.status !== 'retryable' || attempt === attempts - 1) return result
        const ms = result.afterMs ?? firstWaitMs * 2 ** attempt * (0.5 + random())
        if (ms > MAX_WAIT_MS) return result
        await wait(ms, signal)
      }
      return result
    },
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined) // the loop looks at the signal
}
