import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import { pipelineErrors } from './processor-errors.ts'

export interface RetryOptions {
  /** For logs: "produce to pegel.metrics.v1". */
  readonly what: string
  readonly log: Logger
  readonly signal?: AbortSignal
  /** First wait; it doubles up to maxMs. Defaults 100 and 5000. */
  readonly baseMs?: number
  readonly maxMs?: number
  /** False stops the retries and throws. Default: everything is tried again, since giving up would lose data. */
  readonly again?: (error: unknown) => boolean
}

/** Tries until it succeeds. Throws pipelineErrors.aborted when the signal says so, or what `again` refuses. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { what, log, signal, baseMs = 100, maxMs = 5000, again = (): boolean => true } = options
  for (let tries = 1; ; tries += 1) {
    if (signal?.aborted === true) throw pipelineErrors.aborted({ what })
    try {
      return await attempt()
    } catch (error) {
      if (!again(error)) throw error
      const afterMs = Math.min(maxMs, baseMs * 2 ** Math.min(tries - 1, 16)) * (0.75 + Math.random() / 4)
      log.warn(`could not ${what}, trying again`, { error: messageOf(error), tries, afterMs: Math.round(afterMs) })
      await sleep(afterMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
    }
  }
}
