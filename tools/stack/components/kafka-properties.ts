import { loopback } from '../process/ports.ts'

export interface KafkaNode {
  nodeId: number
  port: number
  controllerPort: number
  /** Further client listeners, each announced under another port: what stands there passes connections on. */
  listeners?: readonly { name: string; port: number; announcedPort: number }[]
}

export interface KafkaLayout {
  nodes: readonly KafkaNode[]
  /** Of the node these properties are for. */
  nodeId: number
  logDir: string
}

/** server.properties of one combined broker and controller. Internal topics are small: one machine serves a few test clients. */
export function renderServerProperties({ nodes, nodeId, logDir }: KafkaLayout): string {
  const node = nodes.find((candidate) => candidate.nodeId === nodeId)
  if (node === undefined) throw new TypeError(`node ${nodeId} is not part of the cluster`)
  const { listeners = [] } = node
  const client = `CLIENT://${loopback}:${node.port}`
  const others = listeners.map(({ name, port }) => `,${name}://${loopback}:${port}`).join('')
  const announced = listeners.map(({ name, announcedPort }) => `,${name}://${loopback}:${announcedPort}`).join('')
  const plain = listeners.map(({ name }) => `,${name}:PLAINTEXT`).join('')
  const voters = nodes.map((voter) => `${voter.nodeId}@${loopback}:${voter.controllerPort}`)
  const replicas = nodes.length
  const inSync = replicas > 1 ? replicas - 1 : 1
  const properties: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': nodeId,
    'controller.quorum.voters': voters.join(','),
    listeners: `${client}${others},CONTROLLER://${loopback}:${node.controllerPort}`,
    'advertised.listeners': `${client}${announced}`,
    'listener.security.protocol.map': `CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT${plain}`,
    'inter.broker.listener.name': 'CLIENT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logDir,
    'auto.create.topics.enable': false,
    'num.partitions': 3,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.num.partitions': 2,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'group.initial.rebalance.delay.ms': 0,
    // A killed broker is noticed, and its partitions move, within seconds rather than nine.
    'broker.session.timeout.ms': 4000,
    'broker.heartbeat.interval.ms': 500,
    'controlled.shutdown.max.retries': 1,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'log.segment.delete.delay.ms': 1000,
    'log.retention.check.interval.ms': 10_000,
    'num.recovery.threads.per.data.dir': 2,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'num.replica.fetchers': 1,
  }
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
}
