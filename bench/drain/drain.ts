import { setTimeout as sleep } from 'node:timers/promises'
import { usageOf } from '../support/usage.ts'
import type { Usage } from '../support/usage.ts'

export interface Backlog {
  readonly points: number
  /** Records that are not committed yet. */
  readonly left: () => Promise<number>
}

/** What is worked off before the clock starts: the process has started, joined its group, and is compiled and warm. */
const WARM_UP_SHARE = 0.25
const MEASURED_SHARE = 0.3
const POLL_MS = 50
const DEADLINE_MS = 300_000

/**
 * Waits until a backlog is worked off, from records that wait in Kafka to the commit behind the last one. CPU time is the whole process': Kafka client,
 * decompression, garbage collection, ledger and commits included.
 */
export async function drain(backlog: Backlog, start: () => Promise<number>): Promise<Usage> {
  const records = await backlog.left()
  const pid = await start()
  const from = await until(backlog, records * (1 - WARM_UP_SHARE))
  // Commits come in leaps: of a short backlog nothing may be left once the first has been seen.
  if (from < records * MEASURED_SHARE) throw new Error(`${records} records are too few to measure by: --requests N`)
  return usageOf([pid], async () => {
    const startedMs = performance.now()
    await until(backlog, 0)
    return { points: (backlog.points * from) / records, wallMs: performance.now() - startedMs }
  })
}

/** @returns how many records are not committed then */
async function until(backlog: Backlog, atMost: number): Promise<number> {
  const endMs = performance.now() + DEADLINE_MS
  while (performance.now() < endMs) {
    const left = await backlog.left()
    if (left <= atMost) return left
    await sleep(POLL_MS)
  }
  throw new Error(
    `the backlog was not worked off within ${DEADLINE_MS / 1000} s: ${await backlog.left()} records are left`,
  )
}
