import { messageOf } from '@pegel/errors'
import type { CommitRequest } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import type { LaneItem } from './lane-item.ts'
import { endBooked, endVoid } from './lane-trace.ts'
import type { DeadLetterWriter } from './dead-letter-writer.ts'
import type { LedgerWriter } from './ledger-writer.ts'
import { OffsetTracker } from './offset-tracker.ts'
import type { Ticket } from './offset-tracker.ts'
import type { Finished } from './sink-finish.ts'

export interface BookingOptions {
  readonly epoch: number
  readonly ledger: Pick<LedgerWriter, 'write'>
  readonly deadLetters: DeadLetterWriter
  readonly commit: (offsets: readonly CommitRequest[], epoch: number) => Promise<void>
  readonly commitIntervalMs: number
  readonly log: Logger
  /** Of a replay: its outcomes are booked by its name. */
  readonly stamp?: (finished: Finished) => Finished
  /** Ledger and dead letters have these. */
  readonly onBooked: (finished: readonly Finished[]) => void
}

/**
 * From an outcome to a committed offset, in this order: dead letters and ledger rows acknowledged by Kafka, then the commit of what is
 * settled without a gap before it. A crash in between repeats a record; it never loses one.
 */
export class SinkBooking {
  readonly tracker = new OffsetTracker()
  readonly #options: BookingOptions
  readonly #abort = new AbortController()
  readonly #open = new Set<Promise<unknown>>()
  #committing: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: BookingOptions) {
    this.#options = options
    this.tracker.assign(options.epoch)
  }

  /** Resolves with whether it is booked; what is not comes again after the next assignment. */
  book(finished: readonly Finished[]): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false)
    const { stamp } = this.#options
    const work: Promise<boolean> = this.#book(stamp === undefined ? finished : finished.map(stamp)).finally(() =>
      this.#open.delete(work),
    )
    this.#open.add(work)
    return work
  }

  /** Of records that are booked already. */
  settle(items: readonly LaneItem[]): void {
    if (this.#closed) return
    for (const { ticket } of items) if (ticket !== null) this.tracker.settle(ticket)
    this.#commitSoon()
  }

  /** Of a record that is nobody's here. */
  skip(ticket: Ticket): void {
    this.tracker.settle(ticket)
    this.#commitSoon()
  }

  /** Resolves when everything given to book() is committed. */
  async drain(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open)
    clearTimeout(this.#timer)
    await this.#committing
    await this.#commit()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#abort.abort()
  }

  async #book(finished: readonly Finished[]): Promise<boolean> {
    const { ledger, deadLetters, log, onBooked } = this.#options
    const { signal } = this.#abort
    const letters = finished.flatMap(({ deadLetter, item }) => (deadLetter === null ? [] : [{ deadLetter, item }]))
    try {
      await Promise.all([
        ledger.write(finished.map(({ row }) => row)),
        ...letters.map(({ deadLetter, item }) => deadLetters.write(deadLetter, signal, item.span?.context)),
      ])
    } catch (error) {
      endVoid(
        finished.map(({ item }) => item),
        messageOf(error),
      )
      // Not settled, so not committed: the records come again after the next assignment.
      if (!signal.aborted)
        log.error('outcomes could not be booked', { problem: messageOf(error), records: finished.length })
      return false
    }
    this.settle(finished.map(({ item }) => item))
    endBooked(finished)
    onBooked(finished)
    return true
  }

  #commitSoon(): void {
    if (this.#closed) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#committing = this.#commit().finally(() => {
        this.#committing = null
      })
    }, this.#options.commitIntervalMs)
  }

  async #commit(): Promise<void> {
    const { commit, epoch, log } = this.#options
    const offsets = this.tracker.pending()
    if (offsets.length === 0 || this.#closed) return
    try {
      await commit(offsets, epoch)
      this.tracker.committed(offsets, epoch)
    } catch (error) {
      log.warn('commit failed, tried again', { problem: messageOf(error) })
      this.#commitSoon()
    }
  }
}
