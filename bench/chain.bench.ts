/**
 * How many points a second does the whole chain carry on this machine, Kafka, sender and receiver included: OTLP/HTTP to gateway, Kafka, enricher, Kafka,
 * sink-prometheus, remote write 1.0? By turns with a Collector before and one behind Kafka. Sent is as much as comes out: lag does not grow. CPU seconds are
 * those of the services (of the Collectors); the broker's are printed apart. Starts a Kafka of its own. Arguments: --seconds N (a turn), --rounds N, --json FILE.
 */
import { METRICS_TOPIC, INGEST_TOPICS } from '@pegel/pipeline'
import { flow } from './chain/flow.ts'
import type { Chain } from './chain/flow.ts'
import { startSecondCollector } from './support/second-collector.ts'
import { OTLP_OF_SHARED_LABELS } from './load/cases.ts'
import { sendLoad } from './load/send-load.ts'
import { startChild, workAsChild } from './support/child.ts'
import { PEER } from './support/collector.ts'
import { goalRow, reportGoals } from './support/goals.ts'
import { startPeerGateway } from './support/peer-gateway.ts'
import { PegelWorld } from './support/pegel-world.ts'
import { cpuSeconds } from './support/process-usage.ts'
import { takeAll } from './support/receiver.ts'
import { argument, machine } from './support/report.ts'
import { unlimitedTenants } from './support/tenants.ts'
import { perSecond, renderUsage, takeTurns, usageOf } from './support/usage.ts'
import type { Subject } from './support/usage.ts'
import { withKafka } from './support/with-kafka.ts'
import type { Place } from './support/with-kafka.ts'

const PARTITIONS = 12
const WARM_UP_MS = 6000
const SERVICES = ['ingest-gateway', 'enricher', 'sink-prometheus']
const COMMON = { door: OTLP_OF_SHARED_LABELS.name, clients: 16, points: 1000 }
const seconds = Number(argument('seconds') ?? 10)
const rounds = Number(argument('rounds') ?? 2)

if (!(await workAsChild({ load: sendLoad, receiver: takeAll }))) await main()

async function main(): Promise<void> {
  process.stdout.write(`${machine()}; ${COMMON.points} points a request, ${rounds} x ${seconds} s each\n\n`)
  const receiver = startChild('receiver', {})
  const url = String((await receiver.ready).url)
  const usages = await withKafka((place) => measure(place, url), true)
  receiver.end()
  await receiver.result
  process.stdout.write(`${renderUsage(usages)}\n`)
  const [ours = NaN, theirs] = [...usages.values()].map(perSecond)
  const goal = { ratioAtLeast: 1.5 }
  reportGoals([goalRow('whole chain to remote write', 'points/s', ours, { peer: theirs, goal })], PEER)
}

async function measure({ kafka }: Place, url: string) {
  const env = { PEGEL_PROMETHEUS_URL: url, PEGEL_PROMETHEUS_PROTOCOL: '1.0' }
  const world = await PegelWorld.start({
    ...{ brokers: kafka.url, partitions: PARTITIONS, tenants: unlimitedTenants(10), services: SERVICES, env },
  })
  const first = await startPeerGateway(kafka.url, PARTITIONS)
  const second = first === undefined ? undefined : await startSecondCollector(kafka.url, first.topic, url)
  const [broker = -1] = kafka.pids
  try {
    const keys = Object.values(world.keys)
    const lags = () =>
      Promise.all([world.lag('enricher', INGEST_TOPICS[0]), world.lag('sink-prometheus', METRICS_TOPIC)])
    const underWay = async (): Promise<number> => (await lags()).reduce((sum, lag) => sum + lag, 0)
    const pids = SERVICES.map((name) => world.pid(name))
    const ours: Chain = { underWay, order: { ...COMMON, keys, destination: world.destination } }
    const subjects = [chainSubject({ name: 'Pegel, 3 services', pids, broker, chain: ours })]
    if (first !== undefined && second !== undefined) {
      const theirs: Chain = { underWay: second.lag, order: { ...COMMON, keys: [''], destination: first.destination } }
      const both = { name: `${PEER}, 2 of them`, pids: [first.pid, second.pid], broker, chain: theirs }
      subjects.push(chainSubject(both))
    }
    for (const { warmUp } of subjects) await warmUp()
    return await takeTurns(subjects, rounds)
  } finally {
    await second?.stop()
    await first?.stop()
    await world.stop()
  }
}

interface ChainOptions {
  readonly name: string
  readonly pids: readonly number[]
  readonly broker: number
  readonly chain: Chain
}

function chainSubject({ name, pids, broker, chain }: ChainOptions): Subject & { warmUp: () => Promise<unknown> } {
  const during = (forMs: number) => flow({ ...chain, order: { ...chain.order, forMs } })
  return {
    name,
    warmUp: () => during(WARM_UP_MS),
    async turn() {
      const before = cpuSeconds(broker)
      const usage = await usageOf(pids, () => during(seconds * 1000))
      const spent = cpuSeconds(broker) - before
      process.stdout.write(`${name}: the broker used ${spent.toFixed(1)} CPU-seconds for ${usage.points} points\n`)
      return usage
    },
  }
}
