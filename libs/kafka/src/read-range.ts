import type { KafkaPort, KafkaRecord } from './port.ts'

export interface PartitionRange {
  readonly partition: number
  /** Offsets from (inclusive) to (exclusive). */
  readonly from: number
  readonly to: number
}

export interface ReadRangeOptions {
  readonly topic: string
  readonly ranges: readonly PartitionRange[]
  /** Of values that may wait for whoever reads. Default 8 MiB, and a fetch beyond it. */
  readonly maxBytes?: number
}

const MAX_BYTES = 8 * 1024 * 1024

/**
 * The records of a topic between offsets, in order per partition, in bounded memory: while what was handed out is worked on, nothing is
 * read. Ends at the ends of the ranges, or of what was there when it began. Offsets that are gone are passed in silence: compare with
 * `earliest` of `offsets`.
 */
export async function* readRange(
  kafka: Pick<KafkaPort, 'readAll'>,
  { topic, ranges, maxBytes = MAX_BYTES }: ReadRangeOptions,
): AsyncGenerator<readonly KafkaRecord[]> {
  const open = new Map(ranges.filter(({ from, to }) => to > from).map((range) => [range.partition, { ...range }]))
  while (open.size > 0) {
    const records: KafkaRecord[] = []
    const full = Promise.withResolvers<undefined>()
    let bytes = 0
    const take = (record: KafkaRecord): void => {
      const range = open.get(record.partition)
      if (range === undefined || record.offset < range.from) return
      range.from = record.offset + 1
      if (range.from >= range.to) open.delete(record.partition)
      if (record.offset < range.to) {
        records.push(record)
        bytes += record.value?.length ?? 0
      }
      if (bytes >= maxBytes || open.size === 0) full.resolve(undefined)
    }
    const partitions = [...open.keys()]
    const starts = new Map([...open.values()].map(({ partition, from }) => [partition, from]))
    const reader = await kafka.readAll(topic, take, {
      partitions,
      from: ({ partition, earliest }) => starts.get(partition) ?? earliest,
    })
    const ended = await Promise.race([full.promise.then(() => false), reader.caughtUp.then(() => true)]).finally(() =>
      reader.close(),
    )
    if (records.length > 0) yield records
    if (ended) return
  }
}
