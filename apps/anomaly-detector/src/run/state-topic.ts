import type { SchemaLookup } from '@pegel/contracts'
import { messageOf } from '@pegel/errors'
import type { KafkaPort, KafkaRecord } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import { decodeState } from '../series/state-codec.ts'
import type { SeriesState } from '../series/series-state.ts'
import { STATE_TOPIC } from '../topics.ts'

/** The source offset that a state or its tombstone stands for, so that a record need not be decoded to be compared. */
export const OFFSET_HEADER = 'pegel-source-offset'

export interface LoadOptions {
  readonly kafka: Pick<KafkaPort, 'readAll'>
  readonly partitions: readonly number[]
  readonly signal: AbortSignal
  readonly schemas?: SchemaLookup
  readonly log: Logger
}

interface Newest {
  readonly offset: number
  readonly partition: number
  readonly value: Buffer | null
}

/**
 * Everything stored in these partitions of the state topic. Of several records of a series the one with the highest source offset counts,
 * not the one that was written last: a process that lost its partitions and did not know it yet may write after its heir.
 */
export async function loadStates(options: LoadOptions): Promise<readonly SeriesState[]> {
  const { kafka, partitions, signal } = options
  const newest = new Map<string, Newest>()
  const reader = await kafka.readAll(STATE_TOPIC, (record) => keep(newest, record), { partitions })
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('the assignment is over'))
    })
  })
  try {
    signal.throwIfAborted()
    await Promise.race([reader.caughtUp, aborted])
  } finally {
    aborted.catch(() => undefined)
    await reader.close()
  }
  return [...newest].flatMap(([key, found]) => decode(key, found, options))
}

function keep(newest: Map<string, Newest>, { key, value, headers, partition }: KafkaRecord): void {
  const id = key?.toString('utf8') ?? ''
  const offset = Number(headers[OFFSET_HEADER]?.toString('utf8') ?? -1)
  if (offset >= (newest.get(id)?.offset ?? -Infinity)) newest.set(id, { offset, partition, value })
}

/** A state that cannot be read is learned anew: its points are in `metrics` no longer, and waiting would bring nothing. */
function decode(key: string, { value, partition }: Newest, { log, schemas }: LoadOptions): readonly SeriesState[] {
  if (value === null) return []
  try {
    return [decodeState(value, partition, schemas)]
  } catch (error) {
    log.error('state of a series cannot be read and is learned anew', { key, error: messageOf(error) })
    return []
  }
}
