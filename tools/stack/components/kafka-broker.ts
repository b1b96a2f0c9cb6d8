import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../install/run.ts'
import { knownBrokers } from '../probe/kafka.ts'
import { loopback } from '../process/ports.ts'
import { startService } from '../process/service.ts'
import type { Service } from '../process/service.ts'
import type { KafkaBroker } from '../types.ts'
import { renderServerProperties } from './kafka-properties.ts'
import type { KafkaNode } from './kafka-properties.ts'

export interface KafkaCluster {
  java: string
  classPath: string
  jvmFlags: readonly string[]
  clusterId: string
  nodes: readonly KafkaNode[]
  dataDir: string
  background: boolean
}

export interface LocalBroker extends KafkaBroker {
  readonly logFile: string
  stop(): Promise<void>
}

const logLevel = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
]

/** Writes the configuration (ports may differ from last time) and formats an empty log directory. */
async function prepare(cluster: KafkaCluster, { nodeId }: KafkaNode): Promise<string> {
  const dir = join(cluster.dataDir, `broker-${nodeId}`)
  const logDir = join(dir, 'log')
  const file = join(dir, 'server.properties')
  mkdirSync(dir, { recursive: true })
  writeFileSync(file, renderServerProperties({ nodes: cluster.nodes, nodeId, logDir }))
  if (!existsSync(join(logDir, 'meta.properties'))) {
    const jvm = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...logLevel, '-cp', cluster.classPath]
    const format = ['kafka.tools.StorageTool', 'format', `--cluster-id=${cluster.clusterId}`, '-c', file]
    await run(cluster.java, [...jvm, ...format], { logFile: join(dir, 'format.log') })
  }
  return file
}

/** The last of several waits for a quorum that has gone; its data are safe without that. */
const graceMs = (brokers: number) => (brokers === 1 ? 5_000 : 2_000)

/** Listed by itself means unfenced: it has caught up and serves its partitions. */
async function probeSelf(address: string): Promise<void> {
  if (!(await knownBrokers(address)).includes(address)) throw new Error(`${address} is still fenced`)
}

/** Resolves when the broker serves; it need not know the others yet. */
export async function startBroker(cluster: KafkaCluster, node: KafkaNode): Promise<LocalBroker> {
  const properties = await prepare(cluster, node)
  const address = `${loopback}:${node.port}`
  const start = (): Promise<Service> =>
    startService({
      name: `broker-${node.nodeId}`,
      label: `Kafka broker ${node.nodeId}`,
      command: cluster.java,
      args: [...cluster.jvmFlags, ...logLevel, '-cp', cluster.classPath, 'kafka.Kafka', properties],
      dataDir: cluster.dataDir,
      background: cluster.background,
      probe: () => probeSelf(address),
      deadlineMs: 90_000,
      graceMs: graceMs(cluster.nodes.length),
    })
  let service = await start()
  return {
    nodeId: node.nodeId,
    address,
    get alive() {
      return service.alive
    },
    get pid() {
      return service.pid
    },
    logFile: service.logFile,
    kill: (signal = 'SIGKILL') => service.kill(signal),
    async restart() {
      await service.stop()
      service = await start()
    },
    stop: () => service.stop(),
  }
}
