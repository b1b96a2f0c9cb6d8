import type { AllReader, KafkaPort, KafkaRecord } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import { Fences } from './fences.ts'
import { keptRecord } from '../kept-record.ts'
import { FETCH_BYTES, PARKED_TOPIC, withParked } from './parked-record.ts'
import type { LaneKey } from './parked-record.ts'

/** A parked source record. */
export interface ParkedCopy {
  /** In the parked topic. */
  readonly offset: number
  readonly parkedAtMs: number
  readonly record: KafkaRecord
  readonly points: number
}

export interface ReadBackOptions {
  readonly kafka: Pick<KafkaPort, 'readAll'>
  readonly sink: string
  readonly lane: LaneKey
  /** A record of the sink that counted, see `ParkedLaneState.anchor`. */
  readonly anchor: number
  /** Source offset of the last copy that has its outcome. */
  readonly doneOffset: number
  readonly log: Logger
  /** In order, each source record once. */
  readonly onCopy: (copy: ParkedCopy) => void
}

/** Reads the copies of one lane back, in the order of the log, and goes on with those that are parked meanwhile. */
export class ReadBack {
  readonly #options: ReadBackOptions
  readonly #fences = new Fences()
  #lastOffset: number
  #reader: AllReader | undefined
  #closed = false
  #paused = false

  constructor(options: ReadBackOptions) {
    this.#options = options
    this.#lastOffset = options.doneOffset
  }

  /** Resolves when it reads. */
  async open(): Promise<void> {
    const { kafka, lane, anchor } = this.#options
    const { partition } = lane
    const reader = await kafka.readAll(PARKED_TOPIC, (record) => this.#take(record), {
      partitions: [partition],
      from: () => anchor,
      maxBytesPerPartition: FETCH_BYTES,
    })
    this.#reader = reader
    if (this.#paused) reader.pause()
    if (this.#closed) await reader.close()
  }

  /** Resolves when all was handed out that was there when it was opened. */
  get caughtUp(): Promise<void> {
    return this.#reader?.caughtUp ?? Promise.resolve()
  }

  /** Source offset of the last copy that was handed out. */
  get lastOffset(): number {
    return this.#lastOffset
  }

  /** What was fetched already still comes. */
  pause(): void {
    this.#paused = true
    this.#reader?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#reader?.resume()
  }

  close(): void {
    this.#closed = true
    void this.#reader?.close()
  }

  #take(stored: KafkaRecord): void {
    const { sink, lane, log, onCopy } = this.#options
    const { offset, timestampMs: parkedAtMs } = stored
    if (this.#closed) return
    withParked(stored, log, (parked) => {
      if (parked.sink !== sink || !this.#fences.admit(parked)) return
      if (parked.kind !== 'record' || parked.tenant !== lane.tenant || parked.topic !== lane.topic) return
      if (parked.offset <= this.#lastOffset) return
      this.#lastOffset = parked.offset
      onCopy({ offset, parkedAtMs, record: keptRecord(parked), points: parked.points })
    })
  }
}
