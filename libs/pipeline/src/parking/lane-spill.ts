import type { KafkaRecord } from '@pegel/kafka'
import { storedOf } from '../lane-item.ts'
import type { LaneItem } from '../lane-item.ts'
import { finishAside } from '../sink-finish.ts'
import type { Finished } from '../sink-finish.ts'
import type { Identity } from '../sink-judge.ts'
import type { ParkedLaneState } from './parked-fold.ts'
import { copyDraft } from './parked-record.ts'
import type { LaneKey, ParkedDraft, ParkReason } from './parked-record.ts'
import type { Turns } from '../turns.ts'

export interface LaneSpillOptions {
  readonly key: LaneKey
  /** Of the first copies, while the topic has none. */
  readonly reason: ParkReason
  /** The lane as the topic has it. */
  readonly state: () => ParkedLaneState | undefined
  /** Source offset of the last copy that was read back. */
  readonly readBack: () => number
  readonly turns: Turns
  /** A lane that holds more has its partition wait, until it holds half of it. */
  readonly laneBytes: number
  readonly write: (partition: number, drafts: readonly ParkedDraft[]) => Promise<void>
  readonly identify: (record: KafkaRecord) => Identity
  readonly book: (finished: readonly Finished[]) => Promise<boolean>
  /** Of records that are booked already. */
  readonly settle: (items: readonly LaneItem[]) => void
  readonly onSpilled: () => void
  readonly onFailed: (error: unknown) => void
}

/** The first records of the queue, and what becomes of each: copied and booked as parked, or settled as they are. */
interface Piece {
  readonly items: LaneItem[]
  readonly copies: ParkedDraft[]
  readonly finished: Finished[]
  readonly settled: LaneItem[]
}

/** One write to the parked topic carries so much at most: others wait while it is packed. */
const PIECE_BYTES = 256 * 1024
const PIECE_RECORDS = 500
/** How long little waits for more: nobody waits for what is parked. */
const GATHER_MS = 250
/** Until a schema that was not read yet is asked for again. */
const AGAIN_MS = 1_000

/** What comes for a parked lane: copied to the parked topic in order, or, while `active` is false, kept in memory behind what is parked. */
export class LaneSpill {
  active = true
  readonly #options: LaneSpillOptions
  readonly #gatherBytes: number
  #queue: LaneItem[] = []
  #bytes = 0
  #busy = false
  #closed = false

  constructor(options: LaneSpillOptions) {
    this.#options = options
    this.#gatherBytes = Math.min(PIECE_BYTES, options.laneBytes / 2)
  }

  /** In memory, not parked yet. */
  get bytes(): number {
    return this.#bytes
  }

  get records(): number {
    return this.#queue.length
  }

  /** Of the first record that is not parked, as it was fetched. */
  get firstOffset(): number | undefined {
    const [first] = this.#queue
    return first === undefined ? undefined : storedOf(first).offset
  }

  push(item: LaneItem): void {
    this.#queue.push(item)
    this.#bytes += item.sizeBytes
  }

  /** Records that came before all that are here. */
  prepend(items: readonly LaneItem[]): void {
    this.#queue.unshift(...items)
    for (const { sizeBytes } of items) this.#bytes += sizeBytes
  }

  /** Goes to work when there is something to do. */
  run(): void {
    if (this.#busy || !this.active || this.#closed) return
    void this.#spillAll()
  }

  /** Ends it and gives back what is not parked. */
  close(): readonly LaneItem[] {
    this.#closed = true
    this.#bytes = 0
    return this.#queue.splice(0)
  }

  async #spillAll(): Promise<void> {
    this.#busy = true
    while (this.active && !this.#closed && this.#queue.length > 0) {
      const parked = await this.#options.turns.take(() => this.#spillPiece()).catch(this.#options.onFailed)
      const waitMs = parked !== true ? AGAIN_MS : this.#bytes < this.#gatherBytes ? GATHER_MS : 0
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
    this.#busy = false
  }

  /** Parks the first records of the queue. False when the first one cannot be parked yet. */
  async #spillPiece(): Promise<boolean> {
    // When this turn was asked for is not now.
    if (!this.active || this.#closed) return true
    const { key, write, book, settle, onSpilled } = this.#options
    const { items, copies, finished, settled } = this.#nextPiece()
    if (items.length === 0) return false
    await write(key.partition, copies)
    if (this.#isClosed()) return true
    this.#queue.splice(0, items.length)
    for (const { sizeBytes } of items) this.#bytes -= sizeBytes
    if (finished.length > 0) void book(finished)
    if (settled.length > 0) settle(settled)
    onSpilled()
    return true
  }

  #nextPiece(): Piece {
    const piece: Piece = { items: [], copies: [], finished: [], settled: [] }
    const { key, state, reason, readBack, identify } = this.#options
    const [known, readBackTo, nowMs] = [state(), readBack(), Date.now()]
    let bytes = 0
    for (const item of this.#queue) {
      if (piece.items.length === PIECE_RECORDS || (bytes > 0 && bytes + item.sizeBytes > PIECE_BYTES)) break
      const place = placeOf(storedOf(item).offset, known, readBackTo)
      const identity = place === 'done' ? null : identify(item.record)
      if (identity === 'wait') break
      piece.items.push(item)
      bytes += item.sizeBytes
      if (place === 'new') {
        const points = identity?.envelope.points ?? 0
        const detail = known?.stop?.detail ?? known?.accepts.join(',') ?? ''
        piece.copies.push(
          copyDraft(storedOf(item), { tenant: key.tenant, reason: known?.reason ?? reason, detail, points }),
        )
      }
      // What was read back is about to be booked for good; what cannot be believed is booked then.
      if (identity === null) piece.settled.push(item)
      else piece.finished.push(finishAside(item, identity, { as: 'parked', nowMs }))
    }
    return piece
  }

  /** A method for the compiler: it may be closed while a step awaits. */
  #isClosed(): boolean {
    return this.#closed
  }
}

/**
 * What a record that came is to the parked lane. After a rebalance records come again: those before the first copy had their outcome
 * before the lane was parked, those up to the last one are parked, or drained already.
 */
function placeOf(offset: number, state: ParkedLaneState | undefined, readBack: number): 'new' | 'copied' | 'done' {
  if (state === undefined || offset > state.lastOffset) return 'new'
  return offset < state.firstOffset || offset <= state.doneOffset || offset <= readBack ? 'done' : 'copied'
}
