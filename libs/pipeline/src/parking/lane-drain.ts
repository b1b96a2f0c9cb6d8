import type { KafkaRecord } from '@pegel/kafka'
import type { Span } from '@pegel/telemetry'
import type { LaneItem } from '../lane-item.ts'
import { sizeOf } from '../lane-item.ts'
import type { Lane } from '../lane.ts'
import type { Finished } from '../sink-finish.ts'
import type { SinkRecord } from '../sink.ts'
import type { DrainProgress } from './drain-progress.ts'
import type { ParkedCopy, ReadBack } from './read-back.ts'

export interface LaneDrainOptions<R extends SinkRecord> {
  /** Writes what is read back, as it would have been written at once. */
  readonly createLane: (onFinished: (finished: readonly Finished[]) => void) => Lane<R>
  readonly createReadBack: (onCopy: (copy: ParkedCopy) => void) => ReadBack
  readonly progress: DrainProgress
  readonly book: (finished: readonly Finished[]) => Promise<boolean>
  /** The record to work on, of one that was fetched. */
  readonly admit: (stored: KafkaRecord) => KafkaRecord | undefined
  readonly trace: (record: KafkaRecord) => Span | undefined
  /** Read back and without an outcome at most, beyond one fetch; before the backend has taken something it is one fetch alone. */
  readonly maxBytes: number
  readonly onProgress: () => void
  /** Copies cannot be read just now. */
  readonly onFailed: (error: unknown) => void
}

/** One attempt at draining a parked lane: copies are read back, written in order, and booked. Ends when it is closed. */
export class LaneDrain<R extends SinkRecord> {
  readonly lane: Lane<R>
  readonly #options: LaneDrainOptions<R>
  readonly #back: ReadBack
  readonly #settle = new Map<LaneItem, () => void>()
  readonly #booking = new Set<Promise<unknown>>()
  #paused = false
  #works = false

  constructor(options: LaneDrainOptions<R>) {
    this.#options = options
    this.lane = options.createLane((finished) => this.#finished(finished))
    this.#back = options.createReadBack((copy) => this.#take(copy))
    this.#back.open().catch(options.onFailed)
  }

  /** Source offset of the last copy that was read back. */
  get lastOffset(): number {
    return this.#back.lastOffset
  }

  /** The backend has taken something of it: a write that hangs has not failed yet, and says nothing. */
  get works(): boolean {
    return this.#works
  }

  /** Gives up what is not written. Resolves when all that was written is booked, or never will be. */
  async close(reason: string): Promise<void> {
    this.#back.close()
    this.lane.close(reason)
    await Promise.all(this.#booking)
    this.#settle.clear()
    this.#options.progress.forget()
  }

  #take(copy: ParkedCopy): void {
    const { progress, admit, trace } = this.#options
    const { record: stored } = copy
    const settle = progress.read(copy)
    const record = admit(stored)
    // It was when it was parked.
    if (record === undefined) {
      settle()
      return
    }
    const item: LaneItem = { record, stored, ticket: null, sizeBytes: sizeOf(record), span: trace(record) }
    this.#settle.set(item, settle)
    this.lane.push(item)
    if (this.#paused || this.lane.bytes <= this.#maxBytes) return
    this.#paused = true
    this.#back.pause()
  }

  get #maxBytes(): number {
    return this.#works ? this.#options.maxBytes : 0
  }

  #finished(finished: readonly Finished[]): void {
    this.#works = true
    const work: Promise<void> = this.#book(finished).finally(() => this.#booking.delete(work))
    this.#booking.add(work)
    if (!this.#paused || this.lane.bytes > this.#maxBytes / 2) return
    this.#paused = false
    this.#back.resume()
  }

  async #book(finished: readonly Finished[]): Promise<void> {
    const booked = await this.#options.book(finished)
    for (const { item } of finished) {
      const settle = this.#settle.get(item)
      this.#settle.delete(item)
      if (booked) settle?.()
    }
    if (booked) this.#options.onProgress()
  }
}
