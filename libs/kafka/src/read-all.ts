import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import type { AdminDesk } from './admin.ts'
import { Connection } from './connection.ts'
import { kafkaErrors } from './errors.ts'
import { Fetcher, type FetchedRecords } from './fetcher.ts'
import type { Names } from './names.ts'
import type { AllReader, KafkaRecord, ReadAllOptions } from './port.ts'
import { ReadProgress } from './read-progress.ts'
import type { WireSettings } from './wire.ts'

export interface ReadAllContext {
  readonly wire: WireSettings
  readonly names: Names
  readonly log: Logger
  readonly desk: AdminDesk
}

const MAX_BYTES_PER_PARTITION = 1024 * 1024

/**
 * Reads all partitions from the earliest offset and follows. No consumer group: joining one costs seconds on every
 * service's start, and there is nothing to share or to commit.
 */
export async function readAll(
  context: ReadAllContext,
  topic: string,
  onRecord: (record: KafkaRecord) => void,
  {
    partitions,
    from = ({ earliest }): number => earliest,
    maxBytesPerPartition = MAX_BYTES_PER_PARTITION,
  }: ReadAllOptions = {},
): Promise<AllReader> {
  const all = await context.desk.offsets(topic)
  const offsets = (partitions === undefined ? all : all.filter(({ partition }) => partitions.includes(partition))).map(
    (range) => ({ ...range, next: Math.min(Math.max(from(range), range.earliest), range.latest) }),
  )
  const name = context.names.toWire(topic)
  const connection = new Connection(context.wire, [name])
  const progress = new ReadProgress()
  for (const { partition, next } of offsets) progress.reached(partition, next)
  const caughtUp = progress.until(offsets.map(({ partition, latest }) => [partition, latest]))
  caughtUp.catch(() => undefined)
  const fetcher = new Fetcher({
    connection,
    log: context.log,
    positions: offsets.map(({ partition, next }) => ({ topic: name, partition, next })),
    maxBytesPerPartition,
    onRecords: (fetched) => {
      hand(context.log, topic, fetched, onRecord)
    },
    onPosition: ({ partition, next }) => {
      progress.reached(partition, next)
    },
    onUnreadable: ({ partition }, what) => {
      context.log.error('a record batch cannot be read and is stepped over', { topic, partition, ...what })
    },
    onOutOfRange: async ({ partition }) => {
      const range = (await context.desk.offsets(topic)).find((o) => o.partition === partition)
      if (range === undefined) throw new Error('no offsets')
      context.log.warn('records were deleted while reading', { topic, partition, earliest: range.earliest })
      progress.reached(partition, range.earliest)
      return range.earliest
    },
  })
  fetcher.start()
  return {
    caughtUp,
    async catchUp() {
      const now = await context.desk.offsets(topic)
      const read = now.filter(({ partition }) => offsets.some((known) => known.partition === partition))
      await progress.until(read.map(({ partition, latest }) => [partition, latest]))
    },
    pause() {
      for (const { partition } of offsets) fetcher.pause(name, partition)
    },
    resume() {
      for (const { partition } of offsets) fetcher.resume(name, partition)
    },
    close() {
      fetcher.stop()
      connection.close()
      progress.end(kafkaErrors.closed({ what: 'reader' }))
      return Promise.resolve()
    },
  }
}

function hand(log: Logger, topic: string, fetched: FetchedRecords, onRecord: (record: KafkaRecord) => void): void {
  const { partition } = fetched
  for (const record of fetched.records) {
    try {
      onRecord({ topic, partition, ...record })
    } catch (error) {
      log.error('a reader failed on a record', { topic, partition, offset: record.offset, error: messageOf(error) })
    }
  }
}
