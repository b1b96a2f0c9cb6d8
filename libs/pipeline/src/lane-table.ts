import type { Lane } from './lane.ts'
import type { ParkedLane } from './parking/parked-lane.ts'
import { laneName } from './parking/parked-record.ts'
import type { LaneKey } from './parking/parked-record.ts'
import type { SinkRecord } from './sink.ts'

/** What stands for a lane now: one that writes, or one that is parked. */
export interface LaneEntry<R extends SinkRecord> {
  readonly key: LaneKey
  readonly name: string
  lane: Lane<R> | ParkedLane<R>
  /** The lane before, while it finishes its last write. */
  retiring: Lane<R> | null
  /** Outcomes that are not booked yet, or could not be. */
  readonly bookings: Set<Promise<boolean>>
  /** When it is to be parked, if nothing succeeds until then. */
  timer: NodeJS.Timeout | undefined
}

/** The lanes of one assignment. */
export class LaneTable<R extends SinkRecord> {
  readonly #entries = new Map<string, LaneEntry<R>>()
  readonly #create: (entry: LaneEntry<R>) => Lane<R>

  /** @param create gets the entry before it has its lane */
  constructor(create: (entry: LaneEntry<R>) => Lane<R>) {
    this.#create = create
  }

  get(name: string): LaneEntry<R> | undefined {
    return this.#entries.get(name)
  }

  of(key: LaneKey): LaneEntry<R> {
    const name = laneName(key)
    const known = this.#entries.get(name)
    if (known !== undefined) return known
    const entry: Omit<LaneEntry<R>, 'lane'> & { lane?: Lane<R> } = {
      ...{ key, name, retiring: null, timer: undefined },
      bookings: new Set(),
    }
    const created = Object.assign(entry, { lane: this.#create(entry as LaneEntry<R>) })
    this.#entries.set(name, created)
    return created
  }

  /** Outcomes of this lane are on their way to the ledger. */
  book(entry: LaneEntry<R>, booking: Promise<boolean>): void {
    entry.bookings.add(booking)
    void booking.then((booked) => {
      if (booked) entry.bookings.delete(booking)
      this.forgetIdle(entry)
    })
  }

  /** A lane that holds nothing is not worth keeping; it is made again. */
  forgetIdle(entry: LaneEntry<R>): void {
    const { lane, bookings, name } = entry
    // A parked lane is kept, however little it has in memory.
    if ('state' in lane || lane.records > 0 || bookings.size > 0 || this.#entries.get(name) !== entry) return
    clearTimeout(entry.timer)
    this.#entries.delete(name)
  }

  /** What lanes waited for, or failed at, was not their fault. */
  forgive(): void {
    for (const { lane } of this.#entries.values()) if ('forgive' in lane) lane.forgive()
  }

  close(reason: string): void {
    for (const { lane, retiring, timer } of this.#entries.values()) {
      clearTimeout(timer)
      retiring?.close(reason)
      lane.close(reason)
    }
    this.#entries.clear()
  }
}
