import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadOrder, LoadResult } from '../load/send-load.ts'
import { startChild } from '../support/child.ts'

/** Records between the first and the last service of a chain: more than that, and the load waits. */
const MOST_UNDER_WAY = 200
const POLL_MS = 50
const DEADLINE_MS = 120_000

/** A whole chain, seen from outside. */
export interface Chain {
  readonly order: LoadOrder
  /** Records that the last service has not committed, wherever they are. */
  readonly underWay: () => Promise<number>
}

/**
 * Sends as fast as the chain delivers: the sender is stopped while more is under way than a bound, so lag cannot grow. The clock stops when the last
 * record is committed, so that everything that was sent has come out.
 */
export async function flow({ order, underWay }: Chain): Promise<{ readonly points: number; readonly wallMs: number }> {
  const load = startChild<LoadResult>('load', order)
  await load.ready
  const startedMs = performance.now()
  let sent: LoadResult | undefined
  void load.result.then((result) => (sent = result))
  for (let isStopped = false; sent === undefined; await Promise.race([load.result, sleep(POLL_MS)])) {
    const shouldStop = (await underWay()) > MOST_UNDER_WAY && performance.now() - startedMs < (order.forMs ?? Infinity)
    if (shouldStop !== isStopped) process.kill(load.pid, shouldStop ? 'SIGSTOP' : 'SIGCONT')
    isStopped = shouldStop
  }
  while ((await underWay()) > 0) {
    if (performance.now() - startedMs > (order.forMs ?? 0) + DEADLINE_MS)
      throw new Error('the chain does not come to its end')
    await sleep(POLL_MS)
  }
  return { points: sent.points, wallMs: performance.now() - startedMs }
}
