import type {
  CommitRequest,
  Consumer,
  ConsumerHandlers,
  ConsumerOptions,
  KafkaPort,
  KafkaRecord,
  OutgoingRecord,
  Produced,
  Producer,
  TopicPartition,
} from '@pegel/kafka'

/** Kafka as far as the loops see it: a producer that can be told to fail or to hang, a consumer whose events a test fires. */
export class FakeKafka {
  /** Every produce that succeeded, in order. */
  readonly sent: OutgoingRecord[][] = []
  /** What goes before each produce; throw to fail it, return a promise to delay it. */
  beforeSend: (records: readonly OutgoingRecord[]) => Promise<void> | void = () => undefined
  readonly commits: { readonly offsets: readonly CommitRequest[]; readonly epoch: number }[] = []
  beforeCommit: () => Promise<void> | void = () => undefined
  readonly paused: TopicPartition[] = []
  readonly resumed: TopicPartition[] = []
  closed = 0
  healthy = true
  #handlers: ConsumerHandlers | undefined
  options: ConsumerOptions | undefined

  get handlers(): ConsumerHandlers {
    if (this.#handlers === undefined) throw new Error('there is no consumer yet')
    return this.#handlers
  }

  outputs(topic: string): OutgoingRecord[] {
    return this.sent.flat().filter((record) => record.topic === topic)
  }

  producer(): Producer {
    return {
      bytesInFlight: 0,
      send: async (records) => {
        await this.beforeSend(records)
        this.sent.push([...records])
        return records.map((record): Produced => ({ topic: record.topic, partition: 0, offset: 0, timestampMs: 0 }))
      },
      close: () => {
        this.closed += 1
        return Promise.resolve()
      },
    }
  }

  consumer(options: ConsumerOptions): Consumer {
    this.#handlers = options.handlers
    this.options = options
    const isHealthy = (): boolean => this.healthy
    return {
      start: () => Promise.resolve(),
      pause: (partitions) => this.paused.push(...partitions),
      resume: (partitions) => this.resumed.push(...partitions),
      commit: async (offsets, epoch) => {
        await this.beforeCommit()
        this.commits.push({ offsets, epoch })
      },
      close: () => {
        this.closed += 1
        return Promise.resolve()
      },
      confirmedAtMs: Infinity,
      get healthy() {
        return isHealthy()
      },
    }
  }

  get port(): KafkaPort {
    return this as unknown as KafkaPort
  }
}

/** The bytes of a record that must have some. */
export function bytesOf(record: { readonly value: Buffer | null } | undefined): Buffer {
  if (record?.value == null) throw new Error('there is no such value')
  return record.value
}

/** Tries until the probe no longer throws, five seconds at most. (@pegel/testing has more, and depends on this library.) */
export async function eventually(probe: () => unknown): Promise<void> {
  const endMs = Date.now() + 5000
  for (;;) {
    try {
      await probe()
      return
    } catch (error) {
      if (Date.now() >= endMs) throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

export function kafkaRecord(offset: number, over: Partial<KafkaRecord> = {}): KafkaRecord {
  return {
    topic: 'pegel.ingest.v1',
    partition: 0,
    offset,
    timestampMs: 1000,
    key: Buffer.from('acme'),
    value: Buffer.from(`value ${offset}`),
    headers: {},
    ...over,
  }
}

export function fetched(epoch: number, ...records: readonly KafkaRecord[]) {
  const { topic, partition } = records[0] ?? kafkaRecord(0)
  return { topic, partition, epoch, records, highWatermark: 0 }
}
