import type { CommitRequest, OutgoingRecord } from '@pegel/kafka'
import { encodeState } from '../series/state-codec.ts'
import type { SeriesState } from '../series/series-state.ts'
import { METRICS_TOPIC, STATE_TOPIC } from '../topics.ts'
import { keyOf } from '../watch/identity.ts'
import { OFFSET_HEADER } from './state-topic.ts'

/** What one produce request writes, and what may be committed once Kafka has it. */
export interface Slice {
  readonly records: readonly OutgoingRecord[]
  readonly commits: readonly CommitRequest[]
  readonly bytes: number
}

export interface CheckpointsOptions {
  readonly partitions: readonly number[]
  readonly intervalMs: number
  /** Monotonic, ms. */
  readonly now: () => number
}

/** Of one partition. Offsets are those of records to read next, as Kafka means them. */
interface Book {
  readonly partition: number
  /** After the last record that was scored; -1 before the first. */
  position: number
  committed: number
  dirty: SeriesState[]
  gone: SeriesState[]
  /** The round under way: every state that was dirty at `position` is written before that is committed. */
  round: { readonly position: number; readonly states: SeriesState[]; next: number } | undefined
  nextRoundMs: number
  /** When the oldest record was scored that no commit covers; 0: there is none. */
  behindSinceMs: number
}

/** Enough to keep a broker busy, small enough not to hold up events behind it. */
const SLICE_BYTES = 1024 * 1024

/**
 * Decides what is written when. A round takes every series of a partition that has changed; it is written in slices while scoring goes on,
 * so a series may be written with more than the round began with, which its own offset tells. The offset that the round
 * began at is committed after its last slice: whatever is restored later is at that offset or beyond, and skips what it holds.
 */
export class Checkpoints {
  readonly #options: CheckpointsOptions
  readonly #books = new Map<number, Book>()

  constructor(options: CheckpointsOptions) {
    this.#options = options
    const startMs = options.now()
    options.partitions.forEach((partition, index) => {
      // Spread over the interval, so that not all write at once.
      const nextRoundMs = startMs + (options.intervalMs * (index + 1)) / options.partitions.length
      this.#books.set(partition, { ...emptyBook(partition), nextRoundMs })
    })
  }

  /** A record was scored or passed over. */
  scored(partition: number, offset: number): void {
    const book = this.#book(partition)
    book.position = offset + 1
    if (book.behindSinceMs === 0) book.behindSinceMs = this.#options.now()
  }

  dirty(state: SeriesState): void {
    this.#book(state.partition).dirty.push(state)
  }

  gone(state: SeriesState): void {
    this.#book(state.partition).gone.push(state)
  }

  /** Age of the oldest record that no commit covers, ms. */
  get behindMs(): number {
    const since = [...this.#books.values()].map(({ behindSinceMs }) => behindSinceMs).filter((ms) => ms > 0)
    return since.length === 0 ? 0 : this.#options.now() - Math.min(...since)
  }

  /** When there is something to write next, monotonic ms. */
  get dueMs(): number {
    return Math.min(...[...this.#books.values()].map((book) => (hasWork(book) ? book.nextRoundMs : Infinity)))
  }

  /** The next piece to write; undefined when nothing is due. With `all`, whatever is left is due. */
  slice(all = false): Slice | undefined {
    const nowMs = this.#options.now()
    const records: OutgoingRecord[] = []
    const commits: CommitRequest[] = []
    let bytes = 0
    for (const book of this.#books.values()) {
      if (book.round === undefined && hasWork(book) && (all || nowMs >= book.nextRoundMs)) this.#begin(book, nowMs)
      if (book.round === undefined) continue
      for (const state of book.gone.splice(0)) records.push(tombstone(state))
      bytes += write(book.round, records, SLICE_BYTES - bytes)
      if (book.round.next < book.round.states.length) break
      if (book.round.position > book.committed)
        commits.push({ topic: METRICS_TOPIC, partition: book.partition, offset: book.round.position })
      book.round = undefined
    }
    return records.length + commits.length === 0 ? undefined : { records, commits, bytes }
  }

  /** Kafka has these commits. */
  committed(commits: readonly CommitRequest[]): void {
    for (const { partition, offset } of commits) {
      const book = this.#book(partition)
      book.committed = offset
      book.behindSinceMs = book.position > offset ? this.#options.now() : 0
    }
  }

  #begin(book: Book, nowMs: number): void {
    book.round = { position: book.position, states: book.dirty, next: 0 }
    book.dirty = []
    book.nextRoundMs = nowMs + this.#options.intervalMs
  }

  #book(partition: number): Book {
    const known = this.#books.get(partition)
    if (known !== undefined) return known
    const made = emptyBook(partition)
    this.#books.set(partition, made)
    return made
  }
}

function emptyBook(partition: number): Book {
  return {
    ...{ partition, position: -1, committed: -1, dirty: [], gone: [] },
    ...{ round: undefined, nextRoundMs: 0, behindSinceMs: 0 },
  }
}

function hasWork(book: Book): boolean {
  return book.position > book.committed || book.gone.length + book.dirty.length > 0 || book.round !== undefined
}

/** Writes states until the budget is used up; at least one. Returns their bytes. */
function write(round: NonNullable<Book['round']>, records: OutgoingRecord[], budget: number): number {
  let bytes = 0
  while (round.next < round.states.length && (bytes === 0 || bytes < budget)) {
    const state = round.states[round.next]
    round.next += 1
    if (state === undefined || state.dead) continue
    state.dirty = false
    const value = encodeState(state)
    bytes += value.byteLength
    records.push(recordOf(state, value))
  }
  return bytes
}

function tombstone(state: SeriesState): OutgoingRecord {
  return recordOf(state, null)
}

function recordOf({ identity, partition, offset }: SeriesState, value: Buffer | null): OutgoingRecord {
  return {
    topic: STATE_TOPIC,
    key: keyOf(identity),
    value,
    partition,
    headers: { [OFFSET_HEADER]: String(offset) },
  }
}
