import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startComponent } from '../../tools/stack/index.ts'
import type { KafkaComponent } from '../../tools/stack/index.ts'

/** What a benchmark runs on. */
export interface Place {
  readonly kafka: KafkaComponent
  /** A directory of its own, for what else it starts. */
  readonly dataDir: string
}

/** Kafka of PEGEL_KAFKA_BROKERS, or one that is started and stopped, with its data, around the work. */
export async function withKafka<T>(work: (place: Place) => Promise<T>, local = false): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pegel-bench-'))
  const options = { dataDir: join(dataDir, 'kafka'), jvm: 'throughput', onProgress: note, local } as const
  const kafka = await startComponent('kafka', options)
  try {
    return await work({ kafka, dataDir })
  } finally {
    await kafka.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}
