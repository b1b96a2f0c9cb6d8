import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../../libs/testing/src/eventually.ts'
import { judge } from '../oracle/judge.ts'
import { BACKENDS } from '../rig/backends.ts'
import type { Rig } from '../rig/rig.ts'
import type { Loss, LossScenario } from '../scenarios/loss.ts'
import { DEFAULT_LOAD } from '../scenarios/scenario.ts'
import type { RunOptions } from './run-scenario.ts'
import { checkLedger, checkStage } from './check-loss.ts'
import { restore } from './restore.ts'
import { NOTHING } from './result.ts'
import type { ScenarioResult } from './result.ts'
import { openScene, remoteWritten } from './scene.ts'
import type { OpenScene } from './scene.ts'

const LOAD_MS = 4000
/** Until the one that will be behind has committed in every partition that has records. */
const BEGUN_MS = 5000
const SETTLE_MS = 60_000
const RECOVER_MS = 120_000
const PATIENCE_MS = 20_000
const CLOSE_MS = 150_000

interface Destroyed {
  readonly scenario: LossScenario
  readonly scene: OpenScene
  readonly loss: Loss
  /** What the stage did not say at once. */
  readonly unsaid: readonly string[]
  readonly recoveryMs: number
  readonly tookMs: number
}

/** Destroys in all ways, one after another, waits until the books of those minutes have closed, and asks who noticed what. */
export async function runLosses(
  rig: Rig,
  scenarios: readonly LossScenario[],
  options: RunOptions,
): Promise<ScenarioResult[]> {
  const done: Destroyed[] = []
  const results: ScenarioResult[] = []
  for (const scenario of scenarios) {
    try {
      await restore(rig)
      done.push(await destroy(rig, scenario, options))
    } catch (error) {
      const failures = [error instanceof Error ? (error.stack ?? error.message) : String(error)]
      results.push({ ...NOTHING, name: scenario.name, seed: options.seed, failures })
    }
  }
  await rig.books.closed(Date.now(), CLOSE_MS)
  for (const each of done) results.push(await verify(rig, each, options.seed))
  return results
}

async function destroy(rig: Rig, scenario: LossScenario, options: RunOptions): Promise<Destroyed> {
  const startedMs = performance.now()
  const { name, behind } = scenario
  const scene = await openScene(rig, { ...options, name, load: DEFAULT_LOAD })
  await sleep(BEGUN_MS)
  await rig.fleet.stop(behind)
  await sleep(LOAD_MS)
  await Promise.all(scene.senders.map(({ client }) => client.stop(PATIENCE_MS)))
  if (behind !== 'enricher') await othersHaveAll(scene, behind)
  const loss = await scenario.destroy(scene)
  const healedMs = performance.now()
  await rig.fleet.start(behind)
  await scene.probe.through(RECOVER_MS)
  const recoveryMs = performance.now() - healedMs
  const unsaid = await checkStage(rig, loss)
  return { scenario, scene, loss, unsaid, recoveryMs, tookMs: performance.now() - startedMs }
}

/** Only the one that is behind may lose something. */
async function othersHaveAll({ rig, senders }: OpenScene, behind: string): Promise<void> {
  await eventually(
    async () => {
      const books = await rig.books.of(senders.map(({ tenant }) => tenant.tenant))
      for (const { tenant, client } of senders) {
        const own = books.get(tenant.tenant)
        const late = [...(own?.sinks ?? [])].filter(([sink, { inFlight }]) => `sink-${sink}` !== behind && inFlight > 0)
        if ((own?.received ?? 0) < client.issued.acknowledgedPoints || late.length > 0) throw new Error('not yet')
      }
    },
    { deadlineMs: SETTLE_MS, everyMs: 200 },
  )
}

async function verify(
  rig: Rig,
  { scenario, scene, loss, unsaid, recoveryMs, tookMs }: Destroyed,
  seed: number,
): Promise<ScenarioResult> {
  const issued = scene.senders.map(({ client }) => client.issued)
  const ours = new Set(issued.map(({ tenant }) => tenant))
  const lost = loss.records
    .filter(({ tenant, booked }) => ours.has(tenant) && !booked)
    .reduce((sum, { points }) => sum + points, 0)
  const failures = [...unsaid, ...(await checkLedger(rig, loss).catch((error: unknown) => [String(error)]))]
  const verdicts = await Promise.all(
    BACKENDS.map((backend) => judge(rig.backends.sites[backend].reader, issued, { run: scene.run })),
  )
  const repeated = issued.some((each) => each.attemptedPoints > each.acknowledgedPoints)
  let undetected = 0
  for (const { backend, missing, doubled, crossed, unissued } of verdicts) {
    const allowed = loss.sink === null || loss.sink === backend ? lost : 0
    undetected += Math.max(0, missing - allowed)
    // What a client repeated is in two records, of which one may be left.
    if (missing > allowed || (missing < allowed && !repeated))
      failures.push(`${backend}: ${missing} points are missing, ${allowed} were destroyed`)
    if (doubled + crossed + unissued > 0)
      failures.push(`${backend}: ${doubled} doubled, ${crossed} crossed, ${unissued} made up`)
  }
  const acknowledged = issued.reduce((sum, each) => sum + each.acknowledgedPoints, 0)
  const notes = [
    `destroyed: ${loss.records.length} records with ${lost} points; noticed, counted and alarmed: ${failures.length === 0 ? 'yes' : 'NO'}`,
  ]
  const found = { ...NOTHING, name: scenario.name, seed, failures, acknowledged, verdicts, notes }
  return { ...found, remoteWritten: remoteWritten(scene.senders), booked: lost, lost: undetected, recoveryMs, tookMs }
}
