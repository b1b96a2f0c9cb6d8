import type { ParkedCopy } from './read-back.ts'

interface Entry {
  readonly copy: ParkedCopy
  done: boolean
}

/** What has its outcome since it was last told. */
export interface DrainStep {
  readonly records: number
  readonly points: number
  readonly sizeBytes: number
}

/** How far a lane is drained: outcomes may be booked in any order, and count without a gap before them. */
export class DrainProgress {
  #entries: Entry[] = []
  #step: DrainStep = { records: 0, points: 0, sizeBytes: 0 }
  /** In the parked topic: of the last copy that counts, or where the lane begins. */
  anchor: number
  /** Source offset of the last copy that counts. */
  doneOffset: number
  /** When that was parked. */
  parkedAtMs = 0
  /** In all. */
  drainedBytes = 0

  constructor({ anchor, doneOffset }: { readonly anchor: number; readonly doneOffset: number }) {
    this.anchor = anchor
    this.doneOffset = doneOffset
  }

  /** What was not yet taken away by `told`. */
  get step(): DrainStep {
    return this.#step
  }

  /** A copy was read back. Returns what settles it. */
  read(copy: ParkedCopy): () => void {
    const entry = { copy, done: false }
    this.#entries.push(entry)
    return () => {
      entry.done = true
      this.#advance()
    }
  }

  /** Copies that were read back and not settled come again. */
  forget(): void {
    this.#entries = []
  }

  told({ records, points, sizeBytes }: DrainStep): void {
    this.#step = {
      records: this.#step.records - records,
      points: this.#step.points - points,
      sizeBytes: this.#step.sizeBytes - sizeBytes,
    }
  }

  #advance(): void {
    for (let entry = this.#entries[0]; entry?.done === true; entry = this.#entries[0]) {
      const { offset, record, points, parkedAtMs } = entry.copy
      this.anchor = offset
      this.doneOffset = record.offset
      this.parkedAtMs = parkedAtMs
      const bytes = record.value?.length ?? 0
      this.drainedBytes += bytes
      this.#step = {
        records: this.#step.records + 1,
        points: this.#step.points + points,
        sizeBytes: this.#step.sizeBytes + bytes,
      }
      this.#entries.shift()
    }
  }
}
