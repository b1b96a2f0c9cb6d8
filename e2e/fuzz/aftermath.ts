import { decodeRecord } from '@pegel/contracts'
import { eventually } from '../../libs/testing/src/eventually.ts'
import type { Neighbour } from './neighbour.ts'
import type { World } from './world.ts'

const CATCH_UP_MS = 120_000
/** Consumer group and what it reads. */
const READERS = [
  ['enricher', 'pegel.ingest.v1'],
  ['enricher', 'pegel.ingest-direct.v1'],
  ['sink-prometheus', 'pegel.metrics.v1'],
  ['sink-elasticsearch', 'pegel.metrics.v1'],
  ['sink-influxdb', 'pegel.metrics.v1'],
  ['sink-elasticsearch-logs', 'pegel.events.v1'],
  ['anomaly-detector', 'pegel.metrics.v1'],
  ['alert-router', 'pegel.alerts.v1'],
] as const

/** What must hold when the attacks are over: partitions have moved on, and everybody works, also after a start. */
export async function judgeAftermath(world: World, neighbour: Neighbour): Promise<readonly string[]> {
  const problems: string[] = []
  const must = async (what: string, probe: () => Promise<void>): Promise<void> => {
    try {
      await eventually(probe, { deadlineMs: CATCH_UP_MS, everyMs: 250 })
    } catch (error) {
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  for (const [group, topic] of READERS) await must(`${group} is stuck in ${topic}`, () => caughtUp(world, group, topic))
  await must('points of the neighbour are missing', () => complete(neighbour))
  if (neighbour.refused.length > 0)
    problems.push(`the neighbour was refused ${neighbour.refused.length} times: ${neighbour.refused[0]}`)
  if (neighbour.acknowledged.size === 0) problems.push('the neighbour was never acknowledged')
  await world.restart()
  await must('after a start nothing is taken', async () => {
    if (!(await neighbour.send())) throw new Error(neighbour.refused.at(-1))
  })
  await must('after a start nothing arrives', () => complete(neighbour))
  for (const [group, topic] of READERS)
    await must(`after a start ${group} is stuck in ${topic}`, () => caughtUp(world, group, topic))
  return problems
}

async function caughtUp({ kafka }: World, group: string, topic: string): Promise<void> {
  const committed = new Map((await kafka.committed(group, topic)).map(({ partition, offset }) => [partition, offset]))
  for (const { partition, latest } of await kafka.offsets(topic)) {
    const offset = committed.get(partition) ?? -1
    if (latest > 0 && offset < latest) throw new Error(`partition ${partition} at ${offset} of ${latest}`)
  }
}

async function complete(neighbour: Neighbour): Promise<void> {
  const problems = await neighbour.problems()
  if (problems.length > 0) throw new Error(problems.join('; '))
}

/** Dead letters by the topic of their source. */
export async function deadLetters({ kafka }: World): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  const reader = await kafka.readAll('pegel.dead-letters.v1', ({ value }) => {
    const topic = topicOf(value)
    if (topic !== undefined) counts.set(topic, (counts.get(topic) ?? 0) + 1)
  })
  await reader.caughtUp
  await reader.close()
  return counts
}

/** Undefined for what the attacks themselves wrote there. */
function topicOf(value: Buffer | null): string | undefined {
  try {
    return decodeRecord('DeadLetter', value ?? Buffer.alloc(0)).topic
  } catch {
    return undefined
  }
}
