import { decodeRecord, encodeRecord } from '@pegel/contracts'
import type { KafkaPort, OutgoingRecord, Producer } from '@pegel/kafka'
import type { Total } from './delta-totals.ts'

const TOPIC = 'pegel.sink-state.v1'
const SINK = 'prometheus'

/** Where totals are kept between assignments. */
export type TotalsStore = Pick<SinkState, 'store' | 'load' | 'close'>

/** For a sink that adds to none. */
export const NO_STATE: TotalsStore = {
  store: () => Promise.resolve(),
  load: () => Promise.resolve([]),
  close: () => Promise.resolve(),
}

/** Totals of delta series in the compacted topic, in the partition with the number of their input. */
export class SinkState {
  readonly #kafka: KafkaPort
  #producer: Producer | undefined

  constructor(kafka: KafkaPort) {
    this.#kafka = kafka
  }

  /** Resolves when Kafka has them. An evicted total is a tombstone. */
  async store(partition: number, totals: Iterable<Total>, evicted: Iterable<Total>): Promise<void> {
    const records: OutgoingRecord[] = []
    for (const total of evicted) records.push({ topic: TOPIC, key: keyOf(total), value: null, partition })
    for (const total of totals) records.push({ topic: TOPIC, key: keyOf(total), value: encode(total), partition })
    if (records.length === 0) return
    this.#producer ??= this.#kafka.producer()
    await this.#producer.send(records)
  }

  /** Everything stored in these partitions. */
  async load(partitions: readonly number[], signal: AbortSignal): Promise<readonly Total[]> {
    const wanted = new Set(partitions)
    const found = new Map<string, Total>()
    const reader = await this.#kafka.readAll(TOPIC, ({ partition, key, value }) => {
      const id = key?.toString('utf8') ?? ''
      if (!wanted.has(partition) || !id.startsWith(`${SINK}/`)) return
      if (value === null) found.delete(id)
      else found.set(id, decode(value))
    })
    try {
      await reader.caughtUp
      signal.throwIfAborted()
    } finally {
      await reader.close()
    }
    return [...found.values()]
  }

  async close(): Promise<void> {
    await this.#producer?.close()
  }
}

function keyOf({ tenant, fingerprint }: Total): string {
  return `${SINK}/${tenant}/${fingerprint}`
}

function encode(total: Total): Buffer {
  return encodeRecord('SinkState', { sink: SINK, ...total })
}

function decode(value: Buffer): Total {
  const { tenant, fingerprint, digest, shape, values, lastTimeMs, lastTimeNs, marks } = decodeRecord('SinkState', value)
  return { tenant, fingerprint, digest, shape, values: [...values], lastTimeMs, lastTimeNs, marks: [...marks] }
}
