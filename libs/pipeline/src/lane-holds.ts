import type { TopicPartition } from '@pegel/kafka'
import type { PartitionFlow } from './partition-flow.ts'

export interface LaneHoldsOptions {
  readonly flow: Pick<PartitionFlow, 'holdLane' | 'releaseLane'>
  readonly longMs: number
  /** A lane has held its partition for so long while the backend was up, or is about to. */
  readonly onLong: (lane: string) => void
}

/** Which lanes are full and pause their partition, and for how long. One that was stuck before it was full holds up nobody for long. */
export class LaneHolds {
  readonly #options: LaneHoldsOptions
  readonly #timers = new Map<string, NodeJS.Timeout | undefined>()
  #started = false
  #backendUp = true

  constructor(options: LaneHoldsOptions) {
    this.#options = options
  }

  has(lane: string): boolean {
    return this.#timers.has(lane)
  }

  /** @param stuckMs for how long the lane has tried in vain: that counts as well */
  hold(lane: string, partition: TopicPartition, stuckMs: number): void {
    if (!this.has(lane)) this.#watch(lane, stuckMs)
    this.#options.flow.holdLane(lane, partition)
  }

  /** A lane that has been stuck for long will be full soon, and is told of before it holds up anybody. */
  filling(lane: string): void {
    if (this.#started && this.#backendUp && !this.has(lane)) this.#options.onLong(lane)
  }

  release(lane: string): void {
    if (!this.has(lane)) return
    clearTimeout(this.#timers.get(lane))
    this.#timers.delete(lane)
    this.#options.flow.releaseLane(lane)
  }

  /** Lanes may work, and be parked: time passes from now on. What was parked before is known. */
  start(): void {
    this.#started = true
    for (const lane of this.#timers.keys()) this.#watch(lane)
  }

  /** While the backend is down no time passes; when it is up again, it begins anew. */
  backend(up: boolean): void {
    this.#backendUp = up
    for (const lane of this.#timers.keys()) this.#watch(lane)
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  #watch(lane: string, stuckMs = 0): void {
    clearTimeout(this.#timers.get(lane))
    const { longMs, onLong } = this.#options
    const tell = (): void => {
      // It may not be parked now; as long as it holds its partition, it is told of again.
      this.#timers.set(lane, setTimeout(tell, longMs))
      onLong(lane)
    }
    const passes = this.#started && this.#backendUp
    this.#timers.set(lane, passes ? setTimeout(tell, Math.max(0, longMs - stuckMs)) : undefined)
  }
}
