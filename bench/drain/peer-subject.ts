import { PEER } from '../support/collector.ts'
import type { PeerGateway } from '../support/peer-gateway.ts'
import { startSecondCollector } from '../support/second-collector.ts'
import type { Subject, Usage } from '../support/usage.ts'
import { drain } from './drain.ts'
import { fill } from './fill.ts'

/** The Collector from Kafka to remote write: the same points, in the records that a Collector makes of them. */
export function peerSubject(brokers: string, gateway: PeerGateway, url: string): Subject {
  const { topic, destination } = gateway
  return {
    name: PEER,
    async turn(): Promise<Usage> {
      const points = await fill({ destination, keys: [''] })
      const collector = await startSecondCollector(brokers, topic, url)
      if (collector === undefined) throw new Error('there was a Collector a moment ago')
      try {
        return await drain({ points, left: collector.lag }, () => Promise.resolve(collector.pid))
      } finally {
        await collector.stop()
      }
    },
  }
}
