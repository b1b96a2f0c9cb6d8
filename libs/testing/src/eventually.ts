import { setTimeout as sleep } from 'node:timers/promises'

export interface EventuallyOptions {
  /** Default 15 s. */
  readonly deadlineMs?: number
  /** Pause between attempts. Default 50 ms. */
  readonly everyMs?: number
}

/** Tries until the probe no longer throws and resolves with its value; at the deadline it throws what the probe threw last. */
export async function eventually<T>(probe: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const endMs = Date.now() + (options.deadlineMs ?? 15_000)
  for (;;) {
    try {
      return await probe()
    } catch (error) {
      if (Date.now() >= endMs) throw error
      await sleep(options.everyMs ?? 50)
    }
  }
}
