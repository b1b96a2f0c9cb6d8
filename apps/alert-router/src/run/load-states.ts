import { decodeRecord } from '@pegel/contracts'
import type { AlertStateRecord, SchemaLookup } from '@pegel/contracts'
import type { KafkaPort } from '@pegel/kafka'
import { STATE_TOPIC } from '../topics.ts'

export interface LoadOptions {
  readonly kafka: Pick<KafkaPort, 'readAll'>
  readonly partition: number
  readonly schemas?: SchemaLookup
  readonly signal: AbortSignal
}

/**
 * What is stored in a partition, the last record of each key. To be read after the partition's transactional producer was opened: then
 * nobody else can add to it.
 * @throws contracts.unknown_schema (retryable) for the state of a newer program
 */
export async function loadStates({
  kafka,
  partition,
  schemas,
  signal,
}: LoadOptions): Promise<readonly AlertStateRecord[]> {
  const values = new Map<string, Buffer>()
  const reader = await kafka.readAll(
    STATE_TOPIC,
    ({ key, value }) => {
      const id = key?.toString('utf8') ?? ''
      if (value === null) values.delete(id)
      else values.set(id, value)
    },
    { partitions: [partition] },
  )
  const close = (): void => {
    void reader.close()
  }
  signal.addEventListener('abort', close)
  try {
    signal.throwIfAborted()
    await reader.caughtUp
  } finally {
    signal.removeEventListener('abort', close)
    await reader.close()
  }
  return [...values.values()].map((value) => decodeRecord('AlertState', value, schemas))
}
