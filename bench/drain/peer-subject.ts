import { remoteWriteConfig } from '../support/collector-configs.ts'
import { PEER, startCollector } from '../support/collector.ts'
import type { Collector } from '../support/collector.ts'
import { benchKafka, lagOf } from '../support/kafka.ts'
import type { PeerGateway } from '../support/peer-gateway.ts'
import type { Subject } from '../support/usage.ts'
import { drain } from './drain.ts'
import { fill } from './fill.ts'

const GROUP = 'bench-otelcol'

/** The Collector from Kafka to remote write: the same points, in the records that a Collector makes of them. */
export function peerSubject(brokers: string, gateway: PeerGateway, url: string): Subject {
  const { topic, destination } = gateway
  const config = remoteWriteConfig({ brokers, topic, group: GROUP, url })
  return {
    name: PEER,
    async turn() {
      const points = await fill({ destination, keys: [''] })
      const kafka = benchKafka(brokers)
      const started: Collector[] = []
      try {
        return await drain({ points, left: () => lagOf(kafka, GROUP, topic) }, async () => {
          const collector = await startCollector({ config })
          if (collector === undefined) throw new Error('there was a Collector a moment ago')
          started.push(collector)
          return collector.pid
        })
      } finally {
        for (const collector of started) await collector.stop()
        await kafka.close()
      }
    },
  }
}
