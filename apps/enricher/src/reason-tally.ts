import type { ReasonCount } from '@pegel/contracts'

/** Points by reason. Listed by reason, not by arrival: the same points always give the same bytes. */
export class ReasonTally {
  readonly #counts = new Map<string, number>()

  add(reason: string, count: number): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count)
  }

  list(): readonly ReasonCount[] {
    return [...this.#counts]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => (a.reason < b.reason ? -1 : 1))
  }
}
