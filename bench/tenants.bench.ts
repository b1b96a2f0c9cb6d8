/**
 * What do many tenants cost the gateway? The same requests at the same pace, of the same 10,000 sources of 100 series each, once as those of ten tenants and once as those
 * of 10,000, by turns, with a gateway for each. Every source has sent once before anything is measured. A real Kafka (PEGEL_KAFKA_BROKERS, or one that is started).
 * Arguments: --seconds N (a turn), --rounds N, --tenants N, --points N (a second), --json FILE.
 */
import { startChild, workAsChild } from './support/child.ts'
import type { GoalRow } from './support/goals.ts'
import { goalRow, reportGoals } from './support/goals.ts'
import { PegelWorld } from './support/pegel-world.ts'
import { argument, machine } from './support/report.ts'
import { unlimitedTenants } from './support/tenants.ts'
import { millionsPerCpu, renderUsage, takeTurns, usageOf } from './support/usage.ts'
import type { Subject } from './support/usage.ts'
import { withKafka } from './support/with-kafka.ts'
import type { Place } from './support/with-kafka.ts'
import { sendAsSources } from './tenants/load.ts'
import type { SourcesLoad, SourcesResult } from './tenants/load.ts'

const GATEWAY = 'ingest-gateway'
const FEW = 10
const MOST_MORE_CPU = 1.15
const many = Number(argument('tenants') ?? 10_000)
const seconds = Number(argument('seconds') ?? 8)
const rounds = Number(argument('rounds') ?? 2)
const pointsPerSecond = Number(argument('points') ?? 100_000)
const SHAPES = [
  { seriesEach: 100, times: 10, goal: { ratioAtMost: MOST_MORE_CPU }, share: 1 },
  // Ten points cost more to receive than to store: a tenth of the points is enough load.
  { seriesEach: 10, times: 1, goal: {}, share: 0.1 },
] as const
type Shape = (typeof SHAPES)[number]

if (!(await workAsChild({ sources: sendAsSources }))) await main()

async function main(): Promise<void> {
  process.stdout.write(`${machine()}; ${pointsPerSecond} points/s, ${rounds} x ${seconds} s each\n\n`)
  const rows: GoalRow[] = []
  for (const shape of SHAPES) rows.push(await withKafka((place) => measure(place, shape)))
  reportGoals(rows, `${FEW} tenants`)
}

async function measure(place: Place, shape: Shape): Promise<GoalRow> {
  const worlds: PegelWorld[] = []
  try {
    const subjects: Subject[] = []
    for (const count of [many, FEW]) {
      const world = await PegelWorld.start({
        ...{ brokers: place.kafka.url, partitions: 12, tenants: unlimitedTenants(count), services: [GATEWAY] },
      })
      worlds.push(world)
      subjects.push(await warmSubject(world, shape, `${count} tenants`))
    }
    const usages = await takeTurns(subjects, rounds)
    const points = shape.seriesEach * shape.times
    process.stdout.write(`${points} points a request\n\n${renderUsage(usages)}\n\n`)
    const [ours = NaN, few = NaN] = [...usages.values()].map((usage) => 1 / millionsPerCpu(usage))
    return goalRow(`${many} tenants, ${points} points a request`, 'CPU-s per M points', ours, {
      peer: few,
      goal: shape.goal,
    })
  } finally {
    for (const world of worlds) await world.stop()
  }
}

/** Another part of the sources in every turn, so that tenants are met as they come in service. */
async function warmSubject(world: PegelWorld, shape: Shape, name: string): Promise<Subject> {
  const { seriesEach, times, share } = shape
  const url = `${world.url(GATEWAY)}/v1/metrics`
  const common = { url, keys: Object.values(world.keys), sources: many, seriesEach, times }
  const send = (order: Omit<SourcesLoad, keyof typeof common>): Promise<SourcesResult> =>
    startChild<SourcesResult>('sources', { ...common, ...order }).result
  await send({ first: 0, requests: many })
  const requestsPerSecond = (pointsPerSecond * share) / (seriesEach * times)
  const requests = Math.round(requestsPerSecond * seconds)
  let first = 0
  const turn = () => {
    first += requests
    return usageOf([world.pid(GATEWAY)], () => send({ first, requests, requestsPerSecond }))
  }
  return { name, turn }
}
