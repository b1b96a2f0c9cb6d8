import type { KafkaPort } from '@pegel/kafka'

export interface ReadCompactedOptions {
  readonly kafka: Pick<KafkaPort, 'readAll'>
  readonly topic: string
  /** All of them unless given. */
  readonly partitions?: readonly number[]
  readonly signal?: AbortSignal
}

/**
 * The last value of each key as the topic has it now; keys whose last record is empty are left out.
 * @throws as KafkaPort.readAll; when the signal aborts, its reason or kafka.closed
 */
export async function readCompacted(options: ReadCompactedOptions): Promise<ReadonlyMap<string, Buffer>> {
  const { kafka, topic, partitions, signal } = options
  const values = new Map<string, Buffer>()
  const reader = await kafka.readAll(
    topic,
    ({ key, value }) => {
      const id = key?.toString('utf8') ?? ''
      if (value === null) values.delete(id)
      else values.set(id, value)
    },
    partitions === undefined ? {} : { partitions },
  )
  const close = (): void => {
    void reader.close()
  }
  signal?.addEventListener('abort', close)
  try {
    signal?.throwIfAborted()
    await reader.caughtUp
  } finally {
    signal?.removeEventListener('abort', close)
    await reader.close()
  }
  return values
}
