/**
 * How many bytes does a point take in the topic? Scrapes of a real node_exporter (data/node-exporter.prom, as of many machines) through the gateway and through a Collector,
 * both with zstd; counted on the disk of the broker, record heads included. Requests come one after the other, so each is a record. JSON is a document for each
 * point, not compressed. Starts a Kafka of its own. Arguments: --scrapes N, --json FILE.
 */
import { join } from 'node:path'
import { INGEST_TOPICS } from '@pegel/pipeline'
import { jsonCandidate } from './batch-layout/per-point.ts'
import { scrapeDataset } from './batch-layout/scrape.ts'
import { DOOR_CASES } from './load/cases.ts'
import { senderTo } from './load/send.ts'
import type { Destination } from './load/send.ts'
import { PEER } from './support/collector.ts'
import { goalRow, reportGoals } from './support/goals.ts'
import { startPeerGateway } from './support/peer-gateway.ts'
import { PegelWorld } from './support/pegel-world.ts'
import { argument, machine, renderTable } from './support/report.ts'
import { unlimitedTenants } from './support/tenants.ts'
import { withKafka } from './support/with-kafka.ts'
import type { Place } from './support/with-kafka.ts'
import { exportRequest } from './topic-bytes/scrape-request.ts'
import { topicBytes } from './topic-bytes/topic-size.ts'

const SHARED = 10
const STEP_MS = 15
const scrapes = Number(argument('scrapes') ?? 200)
const data = scrapeDataset(scrapes)

await main()

interface Sizes {
  readonly ours: number
  readonly theirs: number | undefined
}

async function main(): Promise<void> {
  process.stdout.write(`${machine()}; ${scrapes} scrapes, ${data.points} points\n\n`)
  const [one, ten] = await withKafka(
    async (place) => [await measure(place, 1), await measure(place, SHARED)] as const,
    true,
  )
  const json = jsonCandidate(data).encode().length / data.points
  const rows = [
    { records: 'one scrape a record', ours: one.ours, theirs: one.theirs ?? NaN },
    { records: `${SHARED} scrapes a record`, ours: ten.ours, theirs: ten.theirs ?? NaN },
    { records: 'JSON, plain', ours: json, theirs: NaN },
  ]
  const columns = [
    { key: 'records', title: 'bytes a point' },
    { key: 'ours', title: 'Pegel', decimals: 2 },
    { key: 'theirs', title: PEER, decimals: 2 },
  ]
  process.stdout.write(`${renderTable(columns, rows)}\n`)
  const less = 'bytes a point in the topic'
  reportGoals(
    [
      goalRow(`${less}, a scrape a record`, 'B', one.ours, { peer: one.theirs, goal: { ratioAtMost: 0.75 } }),
      // Whoever scrapes with a Collector has a scrape a record: that is what ten in one are compared with.
      goalRow(`${less}, ${SHARED} scrapes a record`, 'B', ten.ours, { peer: one.theirs, goal: { ratioAtMost: 0.5 } }),
      goalRow(`${less}, ${SHARED} scrapes a record of both`, 'B', ten.ours, { peer: ten.theirs }),
      goalRow(`${less}, below JSON`, '%', 100 * (1 - one.ours / json), { goal: { atLeast: 95 } }),
    ],
    PEER,
  )
}

/** Bytes a point. */
async function measure({ kafka, dataDir }: Place, together: number): Promise<Sizes> {
  const tenants = unlimitedTenants(1)
  const world = await PegelWorld.start({ brokers: kafka.url, partitions: 12, tenants, services: ['ingest-gateway'] })
  const peer = await startPeerGateway(kafka.url, 12)
  try {
    const kafkaDir = join(dataDir, 'kafka')
    await send({ ...world.destination, key: Object.values(world.keys)[0] ?? '' }, together)
    const ours = topicBytes(kafkaDir, `${world.env.PEGEL_KAFKA_PREFIX ?? ''}${INGEST_TOPICS[0]}`) / data.points
    if (peer === undefined) return { ours, theirs: undefined }
    await send({ ...peer.destination, key: '' }, together)
    return { ours, theirs: topicBytes(kafkaDir, peer.topic) / data.points }
  } finally {
    await peer?.stop()
    await world.stop()
  }
}

async function send(destination: Destination, together: number): Promise<void> {
  const [door] = DOOR_CASES
  if (door === undefined) throw new Error('there is no door')
  const sender = await senderTo(destination, door, 1)
  const startMs = Date.now() - 60_000
  for (let first = 0; first < data.groups.length; first += together)
    await sender.send(exportRequest(data.groups.slice(first, first + together), startMs + first * STEP_MS))
  await sender.close()
}
