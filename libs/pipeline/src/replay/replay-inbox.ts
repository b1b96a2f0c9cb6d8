import type { KafkaRecord } from '@pegel/kafka'
import { settlementOf } from '../dead-letters/dead-letter-book.ts'
import { METRICS_TOPIC } from '../ledger-positions.ts'
import type { RecordKind } from '../record-kind.ts'
import type { Finished } from '../sink-finish.ts'
import type { SinkRecord } from '../sink.ts'
import { fromReplay, REPLAY_TOPIC } from './replay-record.ts'
import type { ReplayNote } from './replay-record.ts'

/** What differs when a sink's records come from the replay topic: which are its own, where they stood, and how their outcomes are booked. */
export class ReplayInbox<R extends SinkRecord> {
  readonly kind: RecordKind<R>
  readonly #sink: string
  readonly #topic: string
  /** By value, which stays the same object from the fetch to the outcome. */
  readonly #notes = new WeakMap<Buffer, ReplayNote>()

  constructor(sink: string, kind: RecordKind<R>) {
    this.#sink = sink
    this.#topic = kind.topic
    this.kind = {
      ...kind,
      topic: REPLAY_TOPIC,
      open: (record) => {
        const open = kind.open(record)
        const replayed = this.#notes.get(record.value)
        return replayed === undefined ? open : { ...open, read: (place) => ({ ...open.read(place), replayed }) }
      },
    }
  }

  /** The source record, in its place; undefined when it is not this sink's. */
  admit(stored: KafkaRecord): KafkaRecord | undefined {
    const replayed = fromReplay(stored)
    if (replayed?.sink !== this.#sink || !this.#reads(replayed.record)) return undefined
    if (stored.value !== null) this.#notes.set(stored.value, replayed.note)
    return replayed.record
  }

  /** What the enricher made once more never stood in another topic. */
  #reads({ topic }: KafkaRecord): boolean {
    return topic === this.#topic || (this.#topic === METRICS_TOPIC && topic === REPLAY_TOPIC)
  }

  /** The outcome, by the replay's name; where a dead letter is settled by it, with the record that says so. */
  stamp(finished: Finished): Finished {
    const { item, deadLetter } = finished
    const note = item.record.value === null ? undefined : this.#notes.get(item.record.value)
    if (note === undefined) return finished
    const { replayId, letterTenant } = note
    const row = { ...finished.row, replayId, reprocessed: item.record.topic === REPLAY_TOPIC }
    if (deadLetter !== null) return { item, row, deadLetter: { ...deadLetter, replayId } }
    // What is parked has not been replayed yet.
    if (letterTenant === '' || (row.counts?.parked ?? 0) > 0) return { item, row, deadLetter: null }
    const { topic, partition, offset } = item.record
    const letter = { tenant: letterTenant, stage: 'sink', sink: this.#sink, topic, partition, offset }
    return { item, row, deadLetter: settlementOf(letter, { settled: 'replayed', replayId, nowMs: Date.now() }) }
  }
}
