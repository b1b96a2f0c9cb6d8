import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { clientEnvironment } from '../environment.ts'
import { StartFailed } from '../errors.ts'
import { jvmFlags, requireJava } from '../install/java.ts'
import { kafkaClassPath } from '../install/kafka.ts'
import { knownBrokers } from '../probe/kafka.ts'
import { choosePort, freePort } from '../process/ports.ts'
import { untilResolved } from '../process/wait.ts'
import type { KafkaComponent } from '../types.ts'
import type { LocalOptions } from './component.ts'
import { startBroker } from './kafka-broker.ts'
import type { KafkaCluster, LocalBroker } from './kafka-broker.ts'
import type { KafkaNode } from './kafka-properties.ts'

const heapMbOfOne = 768
const heapMbOfThree = 512

/** The log directories are formatted for one cluster id and refuse another. */
function clusterIdIn(dataDir: string): string {
  const file = join(dataDir, 'cluster-id')
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const id = randomBytes(16).toString('base64url')
  writeFileSync(file, id)
  return id
}

/** The controllers of one and of three are different quorums: neither can start on the other's data. */
function checkLayout(dataDir: string, count: number): void {
  const has = [1, 2, 3].filter((nodeId) => existsSync(join(dataDir, `broker-${nodeId}`))).length
  if (has === 0 || has === count) return
  throw new StartFailed(
    `${dataDir} holds the data of a cluster of ${has} broker(s), not ${count}: use another directory or remove that one.`,
  )
}

/** The first broker gets the wanted port. */
async function chooseNodes(count: number, { port, listeners = [] }: LocalOptions): Promise<KafkaNode[]> {
  const nodes: KafkaNode[] = []
  for (let nodeId = 1; nodeId <= count; nodeId++) {
    nodes.push({
      nodeId,
      port: await choosePort('Kafka', nodeId === 1 ? port : undefined),
      controllerPort: await freePort(),
      listeners: listeners.map(({ name, ports, announcedPorts }) => ({
        name,
        port: ports[nodeId - 1] ?? 0,
        announcedPort: announcedPorts[nodeId - 1] ?? 0,
      })),
    })
  }
  return nodes
}

/** All brokers at once: none of them is ready before a majority of the controllers is there. */
async function startAll(cluster: KafkaCluster): Promise<LocalBroker[]> {
  const results = await Promise.allSettled(cluster.nodes.map((node) => startBroker(cluster, node)))
  const brokers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  try {
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    // A broker answers for itself before the others have heard of it.
    const complete = async ({ address }: LocalBroker) => {
      const known = await knownBrokers(address)
      if (known.length < brokers.length)
        throw new Error(`${address} knows ${known.length} of ${brokers.length} brokers`)
    }
    await Promise.all(brokers.map((broker) => untilResolved(() => complete(broker), { deadlineMs: 30_000 })))
    return brokers
  } catch (error) {
    await Promise.all(brokers.map((broker) => broker.stop()))
    throw error
  }
}

export async function startKafka(options: LocalOptions): Promise<KafkaComponent> {
  const count = options.brokers ?? 1
  const classPath = await kafkaClassPath(options.which, options.onProgress)
  const java = await requireJava('kafka', options.which)
  const dataDir = resolve(options.dataDir)
  mkdirSync(dataDir, { recursive: true })
  checkLayout(dataDir, count)
  const brokers = await startAll({
    java,
    classPath,
    jvmFlags: jvmFlags(options.heapMb ?? (count === 1 ? heapMbOfOne : heapMbOfThree), options.jvm ?? 'fast-start'),
    clusterId: clusterIdIn(dataDir),
    nodes: await chooseNodes(count, options),
    dataDir,
    background: options.background,
  })
  const addresses = brokers.map(({ address }) => address).join(',')
  const [first] = brokers
  return {
    name: 'kafka',
    from: 'local',
    env: clientEnvironment('kafka', addresses),
    url: addresses,
    get pids() {
      return brokers.filter(({ alive }) => alive).map(({ pid }) => pid)
    },
    ...(first === undefined ? {} : { logFile: first.logFile }),
    brokers,
    async stop() {
      await Promise.all(brokers.map((broker) => broker.stop()))
    },
  }
}
