import type { Logger } from '@pegel/telemetry'
import type { LaneBreaker } from './lane-breaker.ts'
import type { LaneItem } from './lane-item.ts'
import type { LaneEntry, LaneTable } from './lane-table.ts'
import { Lane } from './lane.ts'
import type { LaneParking } from './parking/lane-parking.ts'
import { ParkedLane } from './parking/parked-lane.ts'
import type { ParkReason } from './parking/parked-record.ts'
import type { SinkLimits } from './sink-limits.ts'
import type { SinkRecord } from './sink.ts'

export interface LaneExchangeOptions<R extends SinkRecord> {
  readonly limits: Pick<SinkLimits, 'parkAfterMs'>
  readonly log: Logger
  readonly lanes: Pick<LaneTable<R>, 'get' | 'of'>
  readonly parking: Pick<LaneParking<R>, 'park'>
  /** The lane still pauses its partition, or is about to. */
  readonly isFull: (entry: LaneEntry<R>) => boolean
  /** Asks the backend as a whole. */
  readonly backendUp: () => Promise<boolean>
  readonly createLane: (entry: LaneEntry<R>, breaker: LaneBreaker) => Lane<R>
}

/** Decides when a lane is parked, and puts a parked lane in the place of one that writes, and back. */
export class LaneExchange<R extends SinkRecord> {
  readonly #options: LaneExchangeOptions<R>

  constructor(options: LaneExchangeOptions<R>) {
    this.#options = options
  }

  /** A lane has paused its partition for too long, or is about to pause it. */
  async full(name: string): Promise<void> {
    const { lanes, backendUp, isFull } = this.#options
    const entry = lanes.get(name)
    if (entry === undefined || !(await backendUp()) || !isFull(entry)) return
    if (entry.lane instanceof ParkedLane) entry.lane.unload()
    else await this.#park(entry, 'lane_full')
  }

  /** Writes of a lane fail: sees to it that it is parked when that goes on for too long. */
  watch(entry: LaneEntry<R>): void {
    const sinceMs = entry.lane.breaker.openSinceMs
    if (sinceMs === undefined || entry.lane instanceof ParkedLane) return
    const waitMs = Math.max(0, sinceMs + this.#options.limits.parkAfterMs - Date.now())
    // Anew after each failure: the one that opens the breaker brings the time forward.
    clearTimeout(entry.timer)
    entry.timer = setTimeout(() => void this.#parkStuck(entry), waitMs)
  }

  /** It was parked before this assignment, in which nothing of it has been written. */
  restore(parked: ParkedLane<R>): void {
    const entry = this.#options.lanes.of(parked.key)
    if (entry.lane instanceof Lane) parked.prepend(entry.lane.abandon('the lane is parked'))
    entry.lane = parked
    parked.start()
  }

  /** It is drained: writes directly again, beginning with these records. */
  unpark({ key, breaker }: ParkedLane<R>, items: readonly LaneItem[]): LaneEntry<R> {
    const { lanes, createLane } = this.#options
    const entry = lanes.of(key)
    const live = createLane(entry, breaker)
    entry.lane = live
    for (const item of items) live.push(item)
    return entry
  }

  /** Too much of a lane would become dead letters. */
  async stop(entry: LaneEntry<R>, reason: string): Promise<void> {
    await this.#park(entry, 'dead_letter_rule', reason)
  }

  async #parkStuck(entry: LaneEntry<R>): Promise<void> {
    const { limits, backendUp } = this.#options
    const { lane } = entry
    const isStuck = (): boolean => {
      const { openSinceMs = Infinity } = lane.breaker
      return entry.lane === lane && openSinceMs + limits.parkAfterMs <= Date.now()
    }
    if (isStuck() && (await backendUp()) && isStuck()) await this.#park(entry, 'breaker_open')
    // A backend that is down forgives all that failed when it is up again.
    else if (!isStuck()) this.watch(entry)
  }

  async #park(entry: LaneEntry<R>, reason: ParkReason, stop?: string): Promise<void> {
    const { log, limits, lanes, parking } = this.#options
    const { lane: live, key, name } = entry
    // The assignment may have ended while the backend was asked.
    if (live instanceof ParkedLane || lanes.get(name) !== entry) return
    clearTimeout(entry.timer)
    const fields = { tenant_id: key.tenant, partition: key.partition }
    log.warn('lane is parked: its records are put aside until its backend takes them', { ...fields, reason })
    const parked = parking.park({ key, breaker: live.breaker, reason, stop })
    entry.lane = parked
    entry.retiring = live
    parked.prepend(await live.retire(limits.parkAfterMs, 'the lane is parked'))
    entry.retiring = null
    // The first copy says that all before it has its outcome, and that it is booked.
    const booked = await Promise.all(entry.bookings)
    if (booked.every(Boolean)) parked.start()
    else log.error('lane cannot be parked: outcomes before could not be booked', fields)
  }
}
