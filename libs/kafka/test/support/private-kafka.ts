import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startComponent, type KafkaComponent } from '../../../../tools/stack/index.ts'

/** A Kafka of one's own, to be killed and restarted; never the shared one. */
export async function startPrivateKafka(brokers: 1 | 3 = 1): Promise<KafkaComponent & { remove(): Promise<void> }> {
  // startComponent prefers an address in the environment, which is the shared Kafka's.
  delete process.env.PEGEL_KAFKA_BROKERS
  const dataDir = await mkdtemp(join(tmpdir(), 'pegel-kafka-test-'))
  const kafka = await startComponent('kafka', { dataDir, brokers, heapMb: 384 })
  process.env.PEGEL_KAFKA_BROKERS = kafka.url
  return Object.assign(kafka, {
    async remove() {
      await kafka.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  })
}
