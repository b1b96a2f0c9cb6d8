import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../errors.ts'

export interface WaitOptions {
  deadlineMs: number
  everyMs?: number
}

/** Polls until the condition holds; false when the deadline passed. */
export async function until(condition: () => boolean, { deadlineMs, everyMs = 50 }: WaitOptions): Promise<boolean> {
  const end = Date.now() + deadlineMs
  while (!condition()) {
    if (Date.now() >= end) return false
    await delay(everyMs)
  }
  return true
}

/** Repeats the attempt until it resolves; throws its last error at the deadline, or what `giveUp` throws as soon as it does. */
export async function untilResolved<T>(
  attempt: () => Promise<T>,
  { deadlineMs, everyMs = 100 }: WaitOptions,
  giveUp: () => void = () => undefined,
): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    giveUp()
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() >= end) {
        throw new Error(`no answer within ${Math.round(deadlineMs / 1000)} s (${reasonOf(error)})`, { cause: error })
      }
    }
    await delay(everyMs)
  }
}
