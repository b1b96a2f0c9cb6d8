import type { CommitRequest, TopicPartition } from '@pegel/kafka'

/** One record that was taken and is not settled yet. */
export interface Ticket extends TopicPartition {
  readonly offset: number
  readonly epoch: number
}

interface Entry extends Ticket {
  done: boolean
}

/** Outstanding records of a partition in offset order; those before `head` are settled and forgotten. */
interface Partition extends TopicPartition {
  entries: Entry[]
  head: number
  /** Next offset to read once everything up to it is settled; -1 while nothing is. */
  safe: number
  committed: number
}

/**
 * Which offset of each partition may be committed: the end of the settled prefix. Records may settle in any order.
 * Knows the epoch of the assignment: after a rebalance all earlier tickets are void, and settling one does nothing.
 */
export class OffsetTracker {
  #epoch = 0
  readonly #partitions = new Map<string, Partition>()

  get epoch(): number {
    return this.#epoch
  }

  /** Records that were taken and are not settled, over all partitions. */
  get outstanding(): number {
    let total = 0
    for (const { entries, head } of this.#partitions.values()) {
      for (let index = head; index < entries.length; index += 1) if (entries[index]?.done === false) total += 1
    }
    return total
  }

  /** Starts over: everything of an earlier epoch is void. */
  assign(epoch: number): void {
    this.#epoch = epoch
    this.#partitions.clear()
  }

  /** Takes a record. Offsets of a partition come in ascending order. Undefined when the epoch is not the current one. */
  track(source: TopicPartition, offset: number, epoch: number): Ticket | undefined {
    if (epoch !== this.#epoch) return undefined
    const entry: Entry = { topic: source.topic, partition: source.partition, offset, epoch, done: false }
    this.#partition(source).entries.push(entry)
    return entry
  }

  /** Settles a record; again, or with a void ticket, it does nothing. */
  settle(ticket: Ticket): void {
    const entry = ticket as Entry
    if (entry.done || entry.epoch !== this.#epoch) return
    entry.done = true
    const partition = this.#partition(entry)
    while (partition.entries[partition.head]?.done === true) {
      partition.safe = (partition.entries[partition.head]?.offset ?? -1) + 1
      partition.head += 1
    }
    compact(partition)
  }

  /** What may be committed and was not yet; a topic that was made anew begins again at 0. Call `committed` once Kafka has it. */
  pending(): readonly CommitRequest[] {
    const requests: CommitRequest[] = []
    for (const { topic, partition, safe, committed } of this.#partitions.values()) {
      if (safe !== committed) requests.push({ topic, partition, offset: safe })
    }
    return requests
  }

  committed(requests: readonly CommitRequest[], epoch: number): void {
    if (epoch !== this.#epoch) return
    for (const request of requests) {
      this.#partition(request).committed = request.offset
    }
  }

  #partition(source: TopicPartition): Partition {
    const key = `${source.topic}/${source.partition}`
    const known = this.#partitions.get(key)
    if (known !== undefined) return known
    const { topic, partition } = source
    const created: Partition = { topic, partition, entries: [], head: 0, safe: -1, committed: -1 }
    this.#partitions.set(key, created)
    return created
  }
}

/** Drops settled entries in bulk: removing them one by one from the front would cost time in the square of the queue. */
function compact(partition: Partition): void {
  if (partition.head < 1024 && partition.head < partition.entries.length) return
  partition.entries = partition.entries.slice(partition.head)
  partition.head = 0
}
