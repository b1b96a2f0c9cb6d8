import type { OutgoingRecord } from './port.ts'
import { BATCH_OVERHEAD_BYTES, expansionBytes, MAX_BATCH_RECORDS, recordBytes } from './record-size.ts'
import type { Ticket } from './ticket.ts'

/** A record on its way: which call it belongs to, and its place among that call's records. */
export interface QueuedRecord {
  readonly ticket: Ticket
  readonly index: number
  readonly record: OutgoingRecord
  /** Must be the only one of its record batch: its neighbours shall not suffer for its size. */
  alone: boolean
  /** Compression made it larger than the topic allows. */
  uncompressed: boolean
}

export interface LaneBatch {
  readonly lane: Lane
  readonly items: readonly QueuedRecord[]
}

export interface Lane {
  readonly topic: string
  readonly partition: number
  /** Largest record batch that the topic takes. */
  readonly maxBatchBytes: number
}

interface OpenLane extends Lane {
  items: QueuedRecord[]
}

/** Records waiting for the next request, first in first out per partition. */
export class SendQueue {
  readonly #lanes = new Map<string, OpenLane>()
  readonly #maxRequestBytes: number

  constructor(maxRequestBytes: number) {
    this.#maxRequestBytes = maxRequestBytes
  }

  get empty(): boolean {
    return this.#lanes.size === 0
  }

  add(lane: Lane, item: QueuedRecord): void {
    this.#lane(lane).items.push(item)
  }

  /** Puts back what was taken, before all that is newer. */
  putBack(batch: LaneBatch): void {
    this.#lane(batch.lane).items.unshift(...batch.items)
  }

  /** Drops what nobody waits for any more. */
  purge(): void {
    for (const [key, lane] of [...this.#lanes]) {
      lane.items = lane.items.filter((item) => !item.ticket.settled)
      if (lane.items.length === 0) this.#lanes.delete(key)
    }
  }

  /** Records of the next request: at most one batch per partition, each within its topic's limit. */
  take(): LaneBatch[] {
    const batches: LaneBatch[] = []
    let bytes = 0
    for (const [key, lane] of [...this.#lanes]) {
      if (bytes >= this.#maxRequestBytes) break
      lane.items = lane.items.filter((item) => !item.ticket.settled)
      const items = takeBatch(lane)
      for (const item of items) bytes += recordBytes(item.record)
      // A lane that has more goes to the end, so that no partition starves.
      this.#lanes.delete(key)
      if (lane.items.length > 0) this.#lanes.set(key, lane)
      if (items.length > 0) batches.push({ lane, items })
    }
    return batches
  }

  #lane(lane: Lane): OpenLane {
    const key = `${lane.topic}/${lane.partition}`
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    const opened = { ...lane, items: [] }
    this.#lanes.set(key, opened)
    return opened
  }
}

function takeBatch(lane: OpenLane): QueuedRecord[] {
  const limit = lane.maxBatchBytes - expansionBytes(lane.maxBatchBytes)
  let bytes = BATCH_OVERHEAD_BYTES
  let count = 0
  for (const item of lane.items) {
    bytes += recordBytes(item.record)
    const mustStop = item.alone || bytes > limit || count >= MAX_BATCH_RECORDS
    if (count > 0 && mustStop) break
    count++
    if (item.alone) break
  }
  return lane.items.splice(0, count)
}
