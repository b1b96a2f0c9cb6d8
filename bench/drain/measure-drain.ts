import { METRICS_TOPIC } from '@pegel/pipeline'
import { PEER } from '../support/collector.ts'
import type { Goal } from '../support/goals.ts'
import { goalRow, reportGoals } from '../support/goals.ts'
import { startPeerGateway } from '../support/peer-gateway.ts'
import { PegelWorld } from '../support/pegel-world.ts'
import { argument, machine } from '../support/report.ts'
import { unlimitedTenants } from '../support/tenants.ts'
import { millionsPerCpu, perSecond, renderUsage, takeTurns } from '../support/usage.ts'
import type { Place } from '../support/with-kafka.ts'
import { withKafka } from '../support/with-kafka.ts'
import { REQUESTS } from './fill.ts'
import { peerSubject } from './peer-subject.ts'
import { INGEST_TOPIC, serviceSubject } from './service-subject.ts'

export interface Surroundings {
  /** Of the measured service. */
  readonly env: Readonly<Record<string, string>>
  /** Where the Collector writes by remote write, if it can do this work. */
  readonly peerUrl?: string
  readonly stop: () => Promise<void>
}

export interface DrainQuestion {
  /** Of the row. */
  readonly name: string
  readonly service: string
  /** Points per CPU-second, in millions. */
  readonly goal: Goal
  /** Points per second that come through, where that is asked too. */
  readonly wallGoal?: Goal
  /** Starts what it writes to. */
  readonly surroundings: (place: Place) => Promise<Surroundings>
}

const GATEWAY = 'ingest-gateway'
const PARTITIONS = 12
const TENANTS = 10
const rounds = Number(argument('rounds') ?? 2)

/** Points per CPU-second of a service that works off a backlog which the services before it have made. */
export async function measureDrain(question: DrainQuestion): Promise<void> {
  process.stdout.write(
    `${machine()}; ${rounds} x ${REQUESTS} records of 1,000 points each, the first quarter to warm up\n\n`,
  )
  const usages = await withKafka((place) => turnsOf(place, question))
  process.stdout.write(`${renderUsage(usages)}\n`)
  const { name, goal, wallGoal } = question
  const [ours, theirs] = [...usages.values()]
  if (ours === undefined) throw new Error('nothing was measured')
  const peer = theirs === undefined ? undefined : millionsPerCpu(theirs)
  const rows = [goalRow(name, 'M points per CPU-second', millionsPerCpu(ours), { peer, goal })]
  if (wallGoal !== undefined)
    rows.push(goalRow(`${name}, the real server included`, 'points/s', perSecond(ours), { goal: wallGoal }))
  reportGoals(rows, PEER)
}

async function turnsOf(place: Place, { service, surroundings }: DrainQuestion) {
  const { url: brokers } = place.kafka
  const { env, peerUrl, stop } = await surroundings(place)
  const isEnricher = service === 'enricher'
  const services = isEnricher ? [GATEWAY] : [GATEWAY, 'enricher']
  const world = await PegelWorld.start({
    ...{ brokers, partitions: PARTITIONS, tenants: unlimitedTenants(TENANTS), services, env },
  })
  const peer = peerUrl === undefined ? undefined : await startPeerGateway(brokers, PARTITIONS)
  try {
    const subjects = [serviceSubject({ world, service, topic: isEnricher ? INGEST_TOPIC : METRICS_TOPIC })]
    if (peer !== undefined && peerUrl !== undefined) subjects.push(peerSubject(brokers, peer, peerUrl))
    return await takeTurns(subjects, rounds)
  } finally {
    await peer?.stop()
    await world.stop()
    await stop()
  }
}
