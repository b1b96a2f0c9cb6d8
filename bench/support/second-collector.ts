import { remoteWriteConfig } from './collector-configs.ts'
import { startCollector } from './collector.ts'
import type { Collector } from './collector.ts'
import { benchKafka, lagOf } from './kafka.ts'

const GROUP = 'bench-otelcol'

/** A Collector from Kafka to remote write. */
export interface SecondCollector extends Collector {
  /** Records that it has not committed. */
  readonly lag: () => Promise<number>
}

/** @param url of a receiver. Undefined where there is no Collector */
export async function startSecondCollector(
  brokers: string,
  topic: string,
  url: string,
): Promise<SecondCollector | undefined> {
  const config = remoteWriteConfig({ brokers, topic, group: GROUP, url: `${url}/api/v1/write` })
  const collector = await startCollector({ config })
  if (collector === undefined) return undefined
  const kafka = benchKafka(brokers)
  return {
    pid: collector.pid,
    lag: () => lagOf(kafka, GROUP, topic),
    async stop() {
      await collector.stop()
      await kafka.close()
    },
  }
}
