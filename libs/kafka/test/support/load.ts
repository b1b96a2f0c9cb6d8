import type { KafkaPort } from '../../src/port.ts'

export interface Load {
  /** What Kafka acknowledged. */
  readonly acknowledged: number[]
  readonly failed: unknown[]
  stop(): Promise<void>
}

/** Writes numbers, four at a time, until told to stop. */
export function startLoad(kafka: KafkaPort, topic: string): Load {
  const producer = kafka.producer()
  const acknowledged: number[] = []
  const failed: unknown[] = []
  let next = 0
  let running = true
  const write = async (): Promise<void> => {
    while (running) {
      const value = next++
      try {
        await producer.send([{ topic, key: `${value % 4}`, value: Buffer.from(`${value}`) }], { deadlineMs: 20_000 })
        acknowledged.push(value)
      } catch (error) {
        failed.push(error)
      }
    }
  }
  const writers = [write(), write(), write(), write()]
  return {
    acknowledged,
    failed,
    async stop() {
      running = false
      await Promise.all(writers)
      await producer.close()
    },
  }
}
