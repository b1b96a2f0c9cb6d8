import type { TopicPartition } from '@pegel/kafka'

/** What pauses every partition. */
export type GlobalHold = 'backend' | 'total_bytes' | 'stopping'

export interface FlowConsumer {
  pause(partitions: readonly TopicPartition[]): void
  resume(partitions: readonly TopicPartition[]): void
}

/** Pauses a partition while anything holds it, and resumes it when nothing does any more. */
export class PartitionFlow {
  readonly #consumer: FlowConsumer
  readonly #partitions: readonly TopicPartition[]
  readonly #global = new Set<GlobalHold>()
  /** Lanes that hold a partition, by `topic/partition`. */
  readonly #lanes = new Map<string, Set<string>>()

  constructor(consumer: FlowConsumer, partitions: readonly TopicPartition[]) {
    this.#consumer = consumer
    this.#partitions = partitions
  }

  get pausedPartitions(): number {
    return this.#global.size > 0 ? this.#partitions.length : this.#lanes.size
  }

  holdAll(hold: GlobalHold): void {
    if (this.#global.size === 0) this.#consumer.pause(this.#partitions)
    this.#global.add(hold)
  }

  releaseAll(hold: GlobalHold): void {
    if (!this.#global.delete(hold) || this.#global.size > 0) return
    const free = this.#partitions.filter((partition) => !this.#lanes.has(keyOf(partition)))
    if (free.length > 0) this.#consumer.resume(free)
  }

  holdLane(lane: string, partition: TopicPartition): void {
    const key = keyOf(partition)
    const lanes = this.#lanes.get(key)
    if (lanes !== undefined) {
      lanes.add(lane)
      return
    }
    this.#lanes.set(key, new Set([lane]))
    if (this.#global.size === 0) this.#consumer.pause([partition])
  }

  releaseLane(lane: string): void {
    for (const partition of this.#partitions) {
      const key = keyOf(partition)
      const lanes = this.#lanes.get(key)
      if (lanes?.delete(lane) !== true || lanes.size > 0) continue
      this.#lanes.delete(key)
      if (this.#global.size === 0) this.#consumer.resume([partition])
    }
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`
}
