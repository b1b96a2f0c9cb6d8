import type { LaneItem } from '../lane-item.ts'
import { sizeOf } from '../lane-item.ts'
import { finishAside } from '../sink-finish.ts'
import type { DrainProgress } from './drain-progress.ts'
import type { ParkedLaneDeps } from './parked-lane-deps.ts'
import type { LaneKey } from './parked-record.ts'
import type { SinkRecord } from '../sink.ts'
import type { ParkedCopy } from './read-back.ts'

export interface ExpiryOptions<R extends SinkRecord> {
  readonly lane: LaneKey
  readonly progress: DrainProgress
  /** Copies that were parked at this time or earlier are given up, ms since the epoch. */
  readonly beforeMs: number
  /** Source offset of the last copy. */
  readonly lastOffset: number
  readonly deps: Pick<ParkedLaneDeps<R>, 'createReadBack' | 'identify' | 'admit' | 'book'>
}

/** Not booked yet at most. */
const OPEN = 64

/**
 * Books copies as expired that retention is about to remove, while they can still be read and so be counted by tenant and point. Resolves with how
 * many when it comes to one that is younger, or to the end.
 */
export async function expireCopies<R extends SinkRecord>(options: ExpiryOptions<R>): Promise<number> {
  const { lane, progress, beforeMs, lastOffset, deps } = options
  const done = Promise.withResolvers<undefined>()
  const open = new Set<Promise<unknown>>()
  let expired = 0
  let ended = false
  const back = deps.createReadBack({ lane, anchor: progress.anchor, doneOffset: progress.doneOffset, onCopy: take })
  try {
    if (progress.doneOffset >= lastOffset) return 0
    await back.open()
    // Retention may have been quicker: then the last copy never comes.
    await Promise.race([done.promise, back.caughtUp.catch(() => undefined)])
    ended = true
    await Promise.all(open)
    return expired
  } finally {
    back.close()
    progress.forget()
  }

  function take(copy: ParkedCopy): void {
    // In order and without a gap: what comes after one that stays, stays.
    ended ||= copy.parkedAtMs > beforeMs
    if (ended) {
      done.resolve(undefined)
      return
    }
    expired += 1
    const work = giveUp(copy).finally(() => {
      open.delete(work)
      if (open.size <= OPEN / 2) back.resume()
    })
    open.add(work)
    if (open.size >= OPEN) back.pause()
    ended = copy.record.offset >= lastOffset
    if (ended) done.resolve(undefined)
  }

  async function giveUp(copy: ParkedCopy): Promise<void> {
    const settle = progress.read(copy)
    const record = deps.admit(copy.record)
    const identity = record === undefined ? null : deps.identify(record)
    // What cannot be believed, or not be read yet, is in no book.
    if (record !== undefined && identity !== null && identity !== 'wait') {
      const item: LaneItem = { record, stored: copy.record, ticket: null, sizeBytes: sizeOf(record) }
      if (!(await deps.book([finishAside(item, identity, { as: 'expired', nowMs: Date.now() })]))) return
    }
    settle()
  }
}
