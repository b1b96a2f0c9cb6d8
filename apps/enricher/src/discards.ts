import type { ReasonCount } from '@pegel/contracts'
import type { Discarded } from './outcome-arena.ts'
import { ReasonTally } from './reason-tally.ts'

/** Counts the points of a batch that do not go on. */
export class Discards {
  readonly #dropped = new ReasonTally()
  readonly #refused = new ReasonTally()

  add(why: Discarded, points: number): void {
    if (why.status === 'dropped') this.#dropped.add(why.rule, points)
    else this.#refused.add(why.reason, points)
  }

  /** One point that is refused by itself. */
  refuse(reason: string): void {
    this.#refused.add(reason, 1)
  }

  lists(): { readonly dropped: readonly ReasonCount[]; readonly refused: readonly ReasonCount[] } {
    return { dropped: this.#dropped.list(), refused: this.#refused.list() }
  }
}
