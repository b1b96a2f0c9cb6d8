import type { LoadOrder, LoadResult } from '../load/send-load.ts'
import { startChild } from '../support/child.ts'
import { PEER } from '../support/collector.ts'
import type { Goal } from '../support/goals.ts'
import { goalRow, reportGoals } from '../support/goals.ts'
import { startPeerGateway } from '../support/peer-gateway.ts'
import { PegelWorld } from '../support/pegel-world.ts'
import { argument, machine } from '../support/report.ts'
import { unlimitedTenants } from '../support/tenants.ts'
import { millionsPerCpu, renderUsage, takeTurns, usageOf } from '../support/usage.ts'
import type { Usage } from '../support/usage.ts'
import { withKafka } from '../support/with-kafka.ts'

export interface DoorQuestion {
  /** Of the row. */
  readonly name: string
  /** Name of a DoorCase. */
  readonly door: string
  /** Whether the Collector has such a door. */
  readonly hasPeer: boolean
  /** As fast as answers come unless given. */
  readonly requestsPerSecond?: number
  /** A request; `--points` unless given. */
  readonly points?: number
}

const GATEWAY = 'ingest-gateway'
const PARTITIONS = 12
const TENANTS = 10
const WARM_UP_MS = 4000
const seconds = Number(argument('seconds') ?? 8)
const rounds = Number(argument('rounds') ?? 2)
const clients = Number(argument('clients') ?? 16)
export const POINTS = Number(argument('points') ?? 1000)

/** Points per CPU-second of the gateway, and of the Collector in the same run. */
export async function measureDoor(question: DoorQuestion & { readonly goal: Goal }): Promise<void> {
  const [ours = NaN, theirs] = [...(await loadDoor(question)).values()].map(millionsPerCpu)
  const { name, goal } = question
  reportGoals([goalRow(name, 'M points per CPU-second', ours, { peer: theirs, goal })], PEER)
}

/** By turns, ours first. Prints the table. Success means that Kafka has the points. */
export async function loadDoor(question: DoorQuestion): Promise<ReadonlyMap<string, Usage>> {
  const { door, hasPeer, requestsPerSecond, points = POINTS } = question
  const pace = requestsPerSecond === undefined ? {} : { requestsPerSecond }
  process.stdout.write(
    `${machine()}; ${points} points a request, ${clients} clients, ${rounds} x ${seconds} s each\n\n`,
  )
  const usages = await withKafka(async ({ kafka }) => {
    const tenants = unlimitedTenants(TENANTS)
    const world = await PegelWorld.start({ brokers: kafka.url, partitions: PARTITIONS, tenants, services: [GATEWAY] })
    const peer = hasPeer ? await startPeerGateway(kafka.url, PARTITIONS) : undefined
    try {
      const common = { keys: Object.values(world.keys), door, clients, points, ...pace }
      const subjects = [subject('Pegel', world.pid(GATEWAY), { ...common, destination: world.destination })]
      if (peer !== undefined) subjects.push(subject(PEER, peer.pid, { ...common, destination: peer.destination }))
      for (const { warmUp } of subjects) await warmUp()
      return await takeTurns(subjects, rounds)
    } finally {
      await peer?.stop()
      await world.stop()
    }
  })
  process.stdout.write(`${renderUsage(usages)}\n`)
  return usages
}

/** The load is sent by a process of its own: its CPU is not counted. */
function subject(name: string, pid: number, order: LoadOrder) {
  const load = (forMs: number): Promise<LoadResult> => startChild<LoadResult>('load', { ...order, forMs }).result
  const turn = (): Promise<Usage> => usageOf([pid], () => load(seconds * 1000))
  return { name, turn, warmUp: () => load(WARM_UP_MS) }
}
