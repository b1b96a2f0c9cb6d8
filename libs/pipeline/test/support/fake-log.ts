import type {
  AllReader,
  CommitRequest,
  KafkaPort,
  KafkaRecord,
  OutgoingRecord,
  Produced,
  ReadAllOptions,
} from '@pegel/kafka'

/** A Kafka log in memory, for what is written and read back: records get their offsets when they arrive, readers get them later. */
export class FakeLog {
  readonly #partitions = new Map<string, KafkaRecord[]>()
  /** Offsets before this are gone, by `topic/partition`. */
  readonly #earliest = new Map<string, number>()
  readonly #readers = new Set<Reader>()
  readonly bookmarks = new Map<string, number>()
  /** Throw, or return a promise, to fail or delay an append. */
  beforeAppend: (records: readonly OutgoingRecord[]) => Promise<void> | void = () => undefined
  /** Answers that are lost though the records are there. */
  loseAnswers = 0
  nowMs: () => number = Date.now

  async send(records: readonly OutgoingRecord[]): Promise<readonly Produced[]> {
    await this.beforeAppend(records)
    const produced = records.map((record) => this.append(record))
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1
      throw new Error('the answer was lost')
    }
    return produced
  }

  append({ topic, partition = 0, key, value, headers = {} }: OutgoingRecord): Produced {
    const records = this.records(topic, partition)
    const offset = this.#first(topic, partition) + records.length
    const timestampMs = this.nowMs()
    const bytes = Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])
    records.push({
      ...{ topic, partition, offset, timestampMs, key: Buffer.from(key) },
      // Whoever sent it may use its memory again.
      value: value === null ? null : Buffer.from(value),
      headers: Object.fromEntries(bytes) as Record<string, Buffer>,
    })
    for (const reader of this.#readers) reader.wake()
    return { topic, partition, offset, timestampMs }
  }

  /** What is there now. */
  records(topic: string, partition = 0): KafkaRecord[] {
    const id = `${topic}/${partition}`
    const known = this.#partitions.get(id) ?? []
    this.#partitions.set(id, known)
    return known
  }

  /** As retention does. */
  removeBefore(topic: string, partition: number, offset: number): void {
    const kept = this.records(topic, partition).filter((record) => record.offset >= offset)
    this.#partitions.set(`${topic}/${partition}`, kept)
    this.#earliest.set(`${topic}/${partition}`, offset)
  }

  /** As the parts of the port that read and mark a log. */
  get port(): Pick<KafkaPort, 'readAll' | 'offsets' | 'committed' | 'bookmark'> {
    return {
      readAll: (topic, onRecord, options) => Promise.resolve(this.#open(topic, onRecord, options)),
      offsets: (topic) =>
        Promise.resolve(
          this.#numbers(topic).map((partition) => {
            const earliest = this.#first(topic, partition)
            return { topic, partition, earliest, latest: earliest + this.records(topic, partition).length }
          }),
        ),
      committed: (group, topic) =>
        Promise.resolve(
          this.#numbers(topic).map((partition) => ({
            topic,
            partition,
            offset: this.bookmarks.get(`${group} ${topic}/${partition}`) ?? -1,
          })),
        ),
      bookmark: (group: string, offsets: readonly CommitRequest[]) => {
        for (const { topic, partition, offset } of offsets) this.bookmarks.set(`${group} ${topic}/${partition}`, offset)
        return Promise.resolve()
      },
    }
  }

  #open(topic: string, onRecord: (record: KafkaRecord) => void, { partitions, from }: ReadAllOptions = {}): AllReader {
    const numbers = partitions ?? this.#numbers(topic)
    const positions = new Map(
      numbers.map((partition) => {
        const earliest = this.#first(topic, partition)
        const latest = earliest + this.records(topic, partition).length
        return [partition, from?.({ topic, partition, earliest, latest }) ?? earliest]
      }),
    )
    const reader: Reader = new Reader((budget) => {
      let given = 0
      for (const [partition, next] of positions) {
        const earliest = this.#first(topic, partition)
        const record = this.records(topic, partition)[Math.max(next, earliest) - earliest]
        if (record === undefined || given >= budget) continue
        positions.set(partition, record.offset + 1)
        given += 1
        onRecord(record)
      }
      return given
    })
    this.#readers.add(reader)
    const untilNow = (): Promise<void> => {
      const ends = numbers.map((at) => [at, this.#first(topic, at) + this.records(topic, at).length] as const)
      return reader.until(() => ends.every(([partition, end]) => (positions.get(partition) ?? 0) >= end))
    }
    const caughtUp = untilNow()
    reader.wake()
    return {
      caughtUp,
      catchUp: untilNow,
      pause: () => reader.pause(),
      resume: () => reader.resume(),
      close: () => {
        this.#readers.delete(reader)
        reader.close()
        return Promise.resolve()
      },
    }
  }

  #first(topic: string, partition: number): number {
    return this.#earliest.get(`${topic}/${partition}`) ?? 0
  }

  #numbers(topic: string): number[] {
    const found = [...this.#partitions.keys()].filter((id) => id.startsWith(`${topic}/`))
    return [...new Set([0, ...found.map((id) => Number(id.split('/').at(-1)))])]
  }
}

/** Gives records out one by one, each in a turn of its own. */
class Reader {
  readonly #step: (budget: number) => number
  readonly #untils: {
    readonly isDone: () => boolean
    readonly resolve: () => void
    readonly reject: (error: Error) => void
  }[] = []
  #busy = false
  #paused = false
  #closed = false

  constructor(step: (budget: number) => number) {
    this.#step = step
  }

  wake(): void {
    if (this.#busy) return
    this.#busy = true
    void this.#run()
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.wake()
  }

  close(): void {
    this.#closed = true
    for (const { reject } of this.#untils.splice(0)) reject(new Error('closed'))
  }

  until(isDone: () => boolean): Promise<void> {
    const promise = new Promise<void>((resolve, reject) => this.#untils.push({ isDone, resolve, reject }))
    promise.catch(() => undefined)
    this.#tell()
    return promise
  }

  async #run(): Promise<void> {
    do {
      await Promise.resolve()
    } while (!this.#closed && !this.#paused && this.#step(1) > 0)
    this.#busy = false
    this.#tell()
  }

  #tell(): void {
    for (const each of this.#untils.slice()) {
      if (!each.isDone()) continue
      this.#untils.splice(this.#untils.indexOf(each), 1)
      each.resolve()
    }
  }
}
