import { randomBytes } from 'node:crypto'
import { freePort } from '../../tools/stack/index.ts'
import { ingestConfig } from './collector-configs.ts'
import { startCollector } from './collector.ts'
import type { Collector } from './collector.ts'
import { createTopic } from './kafka-admin.ts'

/** The Collector in the gateway's place. */
export interface PeerGateway extends Collector {
  /** What it fills. */
  readonly topic: string
  readonly destination: {
    readonly httpPort: number
    readonly grpcPort: number
    readonly statsdPort: number
    readonly mqttUrl: string
  }
}

/** As many partitions as ours has. Undefined where there is no Collector. */
export async function startPeerGateway(brokers: string, partitions: number): Promise<PeerGateway | undefined> {
  const topic = `bench_${randomBytes(4).toString('hex')}.otlp`
  const [httpPort, grpcPort] = [await freePort(), await freePort()]
  await createTopic(brokers, topic, { partitions, config: { 'max.message.bytes': '10000000' } })
  const config = ingestConfig({ brokers, topic, httpPort, grpcPort })
  const collector = await startCollector({ config, ports: [httpPort, grpcPort] })
  if (collector === undefined) return undefined
  return { ...collector, topic, destination: { httpPort, grpcPort, statsdPort: 0, mqttUrl: '' } }
}
