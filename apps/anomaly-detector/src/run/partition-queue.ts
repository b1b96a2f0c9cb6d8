import type { FetchedBatch, KafkaRecord } from '@pegel/kafka'

const RECORD_OVERHEAD_BYTES = 512
const FIRST_WAIT_MS = 50
const MAX_WAIT_MS = 1000

/** Records of one partition that wait to be scored, in order. */
export class PartitionQueue {
  readonly partition: number
  bytes = 0
  paused = false
  /** Nothing is scored before this time (monotonic, ms). */
  waitUntil = 0
  waits = 0
  #queued: KafkaRecord[] = []
  #head = 0

  constructor(partition: number) {
    this.partition = partition
  }

  get empty(): boolean {
    return this.#head >= this.#queued.length
  }

  add({ records }: FetchedBatch): void {
    for (const record of records) {
      this.bytes += sizeOf(record)
      this.#queued.push(record)
    }
  }

  peek(): KafkaRecord | undefined {
    return this.#queued[this.#head]
  }

  /** The head was scored. */
  advance(): void {
    const head = this.peek()
    if (head !== undefined) this.bytes -= sizeOf(head)
    this.#head += 1
    this.waits = 0
    if (this.#head < 256 && this.#head < this.#queued.length) return
    this.#queued = this.#queued.slice(this.#head)
    this.#head = 0
  }

  /** The head cannot be judged yet. */
  postpone(nowMs: number): void {
    this.waitUntil = nowMs + Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.waits, 10))
    this.waits += 1
  }
}

function sizeOf({ value }: KafkaRecord): number {
  return (value?.byteLength ?? 0) + RECORD_OVERHEAD_BYTES
}
