import { readEnvelope } from '@pegel/contracts'
import type { SchemaLookup } from '@pegel/contracts'
import type { KafkaPort, KafkaRecord, OutgoingRecord, Producer } from '@pegel/kafka'
import { Pace, toReplay } from '@pegel/pipeline'
import type { ReplayNote } from '@pegel/pipeline'

export interface SenderOptions {
  readonly kafka: KafkaPort
  readonly schemas: SchemaLookup
  readonly pointsPerSecond: number
  /** Told after each batch, for progress. */
  readonly onSent?: (sent: Sent) => void
}

/** What was written to the replay topic. */
export interface Sent {
  readonly records: number
  /** Source points; a record that cannot be decoded counts as one. */
  readonly points: number
  /** Per sink and partition of the replay topic, the offset after the last record. */
  readonly ends: readonly { readonly sink: string; readonly partition: number; readonly offset: number }[]
}

const BATCH_RECORDS = 64

/** Writes source records to the replay topic, no faster than it is told. */
export class ReplaySender {
  readonly #options: SenderOptions
  readonly #pace: Pace
  readonly #producer: Producer
  readonly #ends = new Map<string, Sent['ends'][number]>()
  #waiting: { readonly record: OutgoingRecord; readonly sink: string }[] = []
  #waitingPoints = 0
  #records = 0
  #points = 0

  constructor(options: SenderOptions) {
    this.#options = options
    this.#pace = new Pace(options.pointsPerSecond)
    this.#producer = options.kafka.producer()
  }

  async add(source: KafkaRecord, sink: string, note: ReplayNote): Promise<void> {
    this.#waiting.push({ record: toReplay(source, sink, note), sink })
    this.#waitingPoints += pointsOf(source.value, this.#options.schemas)
    if (this.#waiting.length >= BATCH_RECORDS || this.#waitingPoints >= this.#options.pointsPerSecond)
      await this.#flush()
  }

  /** Resolves when Kafka has all of it. */
  async finish(): Promise<Sent> {
    await this.#flush()
    return this.#sent()
  }

  close(): Promise<void> {
    return this.#producer.close()
  }

  async #flush(): Promise<void> {
    const waiting = this.#waiting
    const points = this.#waitingPoints
    if (waiting.length === 0) return
    this.#waiting = []
    this.#waitingPoints = 0
    await this.#pace.take(points)
    const produced = await this.#producer.send(waiting.map(({ record }) => record))
    for (const [index, { partition, offset }] of produced.entries()) {
      const sink = waiting[index]?.sink ?? ''
      this.#ends.set(`${sink}/${partition}`, { sink, partition, offset: offset + 1 })
    }
    this.#records += waiting.length
    this.#points += points
    this.#options.onSent?.(this.#sent())
  }

  #sent(): Sent {
    return { records: this.#records, points: this.#points, ends: [...this.#ends.values()] }
  }
}

function pointsOf(value: Buffer | null, schemas: SchemaLookup): number {
  try {
    return value === null ? 1 : Math.max(1, readEnvelope(value, schemas).points)
  } catch {
    return 1
  }
}
