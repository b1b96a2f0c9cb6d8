import { startTcpProxy } from '../../../libs/testing/src/tcp-proxy.ts'
import type { ProxyMode, TcpProxy } from '../../../libs/testing/src/tcp-proxy.ts'
import { freePort, startComponent } from '../../../tools/stack/index.ts'
import type { KafkaComponent, KafkaListener } from '../../../tools/stack/index.ts'
import { LINKED } from './services.ts'
import type { LinkedService } from './services.ts'

/** Kafka with a listener for each service, so that each one's network can be broken alone. */
export interface Cluster {
  readonly kafka: KafkaComponent
  readonly size: 1 | 3
  /** Bootstrap list of a service. */
  brokersOf(service: LinkedService): string
  link(service: LinkedService, mode: ProxyMode): void
  stop(): Promise<void>
}

export async function startCluster(dataDir: string, size: 1 | 3): Promise<Cluster> {
  const links = new Map<LinkedService, readonly TcpProxy[]>()
  const listeners: KafkaListener[] = []
  for (const service of LINKED) {
    const ports = await Promise.all(Array.from({ length: size }, () => freePort()))
    const proxies = await Promise.all(ports.map((port) => startTcpProxy({ host: '127.0.0.1', port })))
    links.set(service, proxies)
    const name = service.toUpperCase().replaceAll('-', '_')
    listeners.push({ name, ports, announcedPorts: proxies.map(({ port }) => port) })
  }
  const closeLinks = async (): Promise<void> => {
    await Promise.all([...links.values()].flat().map((proxy) => proxy.close()))
  }
  const settings = { dataDir, brokers: size, local: true, listeners, jvm: 'fast-start' } as const
  const kafka = await startComponent('kafka', settings).catch(async (error: unknown) => {
    await closeLinks()
    throw error
  })
  const of = (service: LinkedService): readonly TcpProxy[] => links.get(service) ?? []
  return {
    ...{ kafka, size },
    brokersOf: (service) =>
      of(service)
        .map(({ host, port }) => `${host}:${port}`)
        .join(','),
    link(service, mode) {
      for (const proxy of of(service)) proxy.set(mode)
    },
    async stop() {
      await kafka.stop()
      await closeLinks()
    },
  }
}
