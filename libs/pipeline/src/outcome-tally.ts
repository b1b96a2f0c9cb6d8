import { NO_COUNTS } from '@pegel/contracts'
import type { SinkCounts } from '@pegel/contracts'
import { sinkErrors } from './sink-errors.ts'
import type { Outcome, Rejection } from './sink.ts'

/** What became of the points of one source record, over all attempts at it. */
export class OutcomeTally {
  delivered = 0
  alreadyPresent = 0
  unsupported = 0
  collapsed = 0
  collided = 0
  readonly rejected: Rejection[] = []
  #select: Uint32Array | null = null
  #open: number

  constructor(points: number) {
    this.#open = points
  }

  /** The points still to be written; null means all. */
  get select(): Uint32Array | null {
    return this.#select
  }

  /** Points without a final outcome. */
  get open(): number {
    return this.#open
  }

  /** Throws sinkErrors.outcome_mismatch, and changes nothing, when the sink did not answer for every point it was given. */
  check(outcome: Outcome): void {
    const answered = settledBy(outcome) + outcome.retry.length
    if (answered !== this.#open) throw sinkErrors.outcome_mismatch({ answered, selected: this.#open })
  }

  apply(outcome: Outcome): void {
    this.delivered += outcome.delivered
    this.alreadyPresent += outcome.alreadyPresent
    this.unsupported += outcome.unsupported
    this.collapsed += outcome.collapsed
    this.collided += outcome.collided
    this.rejected.push(...outcome.rejected)
    this.#open = outcome.retry.length
    this.#select = Uint32Array.from(outcome.retry).sort()
  }

  counts(): SinkCounts {
    const { delivered, alreadyPresent, unsupported, collapsed, collided } = this
    return {
      ...NO_COUNTS,
      delivered,
      alreadyPresent,
      unsupported,
      collapsed,
      collided,
      deadLettered: this.rejected.length,
    }
  }
}

function settledBy(outcome: Outcome): number {
  const { delivered, alreadyPresent, unsupported, collapsed, collided, rejected } = outcome
  return delivered + alreadyPresent + unsupported + collapsed + collided + rejected.length
}
