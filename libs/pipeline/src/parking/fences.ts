import type { ParkedRecord } from '@pegel/contracts'

/**
 * Whose word counts in a partition of the parked topic, in the order of the log. An assignment begins with a fence of a higher number than
 * any before it; from there on nothing counts that another assignment writes, which has lost the partition and may not know yet.
 */
export class Fences {
  #owner: string | undefined
  #seq = 0

  get seq(): number {
    return this.#seq
  }

  isHeldBy(owner: string, seq: number): boolean {
    return this.#owner === owner && this.#seq === seq
  }

  /** Whether this record, the next one of the sink in the log, counts. Reading may begin at any record that does. */
  admit({ kind, owner, seq }: ParkedRecord): boolean {
    // An operator's word always counts.
    if (kind === 'resume') return true
    if (this.#owner === undefined || (kind === 'fence' && seq > this.#seq)) {
      this.#owner = owner
      this.#seq = seq
      return true
    }
    return kind !== 'fence' && this.isHeldBy(owner, seq)
  }
}
