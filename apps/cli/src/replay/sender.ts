import { readEnvelope } from '@pegel/contracts'
import type { SchemaLookup } from '@pegel/contracts'
import type { KafkaPort, KafkaRecord, OutgoingRecord, Producer } from '@pegel/kafka'
import { behindEnricher, Pace, toReplay } from '@pegel/pipeline'
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
  /** Per group that is to read them and partition of the replay topic, the offset after the last record. */
  readonly ends: readonly ReplayEnd[]
}

export interface ReplayEnd {
  /** Whose records they are, as the replay topic names it. */
  readonly to: string
  readonly group: string
  readonly partition: number
  readonly offset: number
}

const BATCH_RECORDS = 64
const EVENTS_TOPIC = 'pegel.events.v1'
const ENRICHER_GROUP = 'enricher.replay'

/** Writes source records to the replay topic, no faster than it is told. */
export class ReplaySender {
  readonly #options: SenderOptions
  readonly #pace: Pace
  readonly #producer: Producer
  readonly #ends = new Map<string, ReplayEnd>()
  #waiting: { readonly record: OutgoingRecord; readonly to: string; readonly group: string }[] = []
  #waitingPoints = 0
  #records = 0
  #points = 0

  constructor(options: SenderOptions) {
    this.#options = options
    this.#pace = new Pace(options.pointsPerSecond)
    this.#producer = options.kafka.producer()
  }

  /** @param to a sink, or one behind the enricher */
  async add(source: KafkaRecord, to: string, note: ReplayNote): Promise<void> {
    this.#waiting.push({ record: toReplay(source, to, note), to, group: groupOf(to, source) })
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
      const { to = '', group = '' } = waiting[index] ?? {}
      this.#ends.set(`${to}/${group}/${partition}`, { to, group, partition, offset: offset + 1 })
    }
    this.#records += waiting.length
    this.#points += points
    this.#options.onSent?.(this.#sent())
  }

  #sent(): Sent {
    return { records: this.#records, points: this.#points, ends: [...this.#ends.values()] }
  }
}

/** Logs have a runner of their own in a sink. */
function groupOf(to: string, { topic }: KafkaRecord): string {
  if (behindEnricher(to) !== undefined) return ENRICHER_GROUP
  return topic === EVENTS_TOPIC ? sinkGroup(`${to}-logs`) : sinkGroup(to)
}

/** Of the runner that writes what is replayed. */
export function sinkGroup(label: string): string {
  return `sink-${label}.replay`
}

function pointsOf(value: Buffer | null, schemas: SchemaLookup): number {
  try {
    return value === null ? 1 : Math.max(1, readEnvelope(value, schemas).points)
  } catch {
    return 1
  }
}
