import { setTimeout as sleep } from 'node:timers/promises'
import type { TenantBooks } from '../oracle/books.ts'
import { notStored } from '../oracle/books.ts'
import { judge } from '../oracle/judge.ts'
import type { Verdict } from '../oracle/judge.ts'
import { BACKENDS } from '../rig/backends.ts'
import type { BackendName } from '../rig/backends.ts'
import type { Rig } from '../rig/rig.ts'
import { DEFAULT_LOAD } from '../scenarios/scenario.ts'
import type { Scenario, Sender } from '../scenarios/scenario.ts'
import { restore } from './restore.ts'
import { NOTHING } from './result.ts'
import type { ScenarioResult } from './result.ts'
import { openScene, remoteWritten } from './scene.ts'
import type { OpenScene } from './scene.ts'

export interface RunOptions {
  readonly seed: number
  readonly ordinal: () => number
}

const HOLD_MS = 3000
const RECOVER_MS = 120_000
const SETTLE_MS = 240_000
const PATIENCE_MS = 40_000
const FRESH_MS = 5000
/** A load that ends by itself may take so long. */
const LOAD_MS = 1_200_000

/** Load, break, mend, wait, and ask every backend for every point. Never rejects. */
export async function runScenario(rig: Rig, scenario: Scenario, options: RunOptions): Promise<ScenarioResult> {
  const startedMs = performance.now()
  const { name } = scenario
  const found = { ...NOTHING, name, seed: options.seed }
  try {
    await restore(rig)
    const scene = await openScene(rig, { ...options, name, load: scenario.load ?? DEFAULT_LOAD })
    const result = await perform(scene, scenario)
    return { ...found, ...result, tookMs: performance.now() - startedMs }
  } catch (error) {
    const failures = [error instanceof Error ? error.message : String(error)]
    return { ...found, failures, tookMs: performance.now() - startedMs }
  }
}

async function perform(scene: OpenScene, scenario: Scenario): Promise<Partial<ScenarioResult>> {
  const { senders, probe, random } = scene
  const failures: string[] = []
  const notes: string[] = []
  let recoveryMs = NaN
  try {
    await sleep(random.uniform() * 500)
    await scenario.fault.inject(scene)
    await sleep((scenario.holdMs ?? HOLD_MS) * (0.8 + 0.4 * random.uniform()))
    await scenario.fault.heal(scene)
    recoveryMs = await probe.through(RECOVER_MS)
    if (recoveryMs > FRESH_MS) notes.push(`slow to recover: ${probe.story}`)
    const bounded = senders.filter(({ load }) => load.requests !== undefined)
    await Promise.all(bounded.map(({ client }) => untilDone(client)))
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error))
    await restore(scene.rig)
  } finally {
    await Promise.all(senders.map(({ client }) => client.stop(PATIENCE_MS)))
  }
  const judged = await account(scene, scenario)
  let freshMs = NaN
  try {
    freshMs = await probe.through(FRESH_MS)
  } catch (error) {
    failures.push(`${String(error)}; ${probe.story}`)
  }
  return { ...judged, recoveryMs, freshMs, notes, failures: [...failures, ...(judged.failures ?? [])] }
}

async function untilDone(client: Sender['client']): Promise<void> {
  const timer = new AbortController()
  const late = sleep(LOAD_MS, 'late', { signal: timer.signal }).catch(() => 'ended')
  if ((await Promise.race([client.finished(), late])) === 'late') throw new Error('the load did not end')
  timer.abort()
}

/** The books first: they say when there is nothing left to wait for. */
async function account(scene: OpenScene, scenario: Scenario): Promise<Partial<ScenarioResult>> {
  const { rig, senders, run } = scene
  const received = new Map(senders.map(({ tenant, client }) => [tenant.tenant, client.issued.acknowledgedPoints]))
  const books = await rig.books.settled(received, SETTLE_MS)
  const verdicts = await Promise.all(
    BACKENDS.filter((backend) => senders.some((sender) => isRouted(sender, backend))).map((backend) => {
      const issued = senders.filter((sender) => isRouted(sender, backend)).map(({ client }) => client.issued)
      return judge(rig.backends.sites[backend].reader, issued, { run })
    }),
  )
  const booked = senders.flatMap((sender) => BACKENDS.map((backend) => bookedElsewhere(sender, backend, books)))
  const failures = [
    ...checkBooks(senders, books),
    ...verdicts.flatMap((verdict) => checkVerdict(verdict, scene, books)),
  ]
  const sum = (pick: (verdict: Verdict) => number): number => verdicts.reduce((all, each) => all + pick(each), 0)
  const totalBooked = booked.reduce((all, each) => all + each, 0)
  if (scenario.mayRefuse === undefined && totalBooked > 0)
    failures.push(`${totalBooked} points were booked as not stored`)
  return {
    ...{ failures, verdicts, booked: totalBooked },
    acknowledged: senders.reduce((all, { client }) => all + client.issued.acknowledgedPoints, 0),
    remoteWritten: remoteWritten(senders),
    alreadyPresent: [...books.values()].reduce((all, own) => all + presentOf(own), 0),
    lost: Math.max(0, sum(({ missing }) => missing) - totalBooked),
    crossed: sum((verdict) => verdict.crossed),
    unissued: sum((verdict) => verdict.unissued),
    doubled: sum((verdict) => verdict.doubled),
    imbalance: [...books.values()].reduce((all, own) => all + imbalanceOf(own), 0),
  }
}

function isRouted({ load }: Sender, backend: BackendName): boolean {
  return load.backends?.includes(backend) ?? true
}

/** Points that the books call settled though they are not in this backend, where they should be. */
function bookedElsewhere(sender: Sender, backend: BackendName, books: ReadonlyMap<string, TenantBooks>): number {
  const own = books.get(sender.tenant.tenant)
  const sink = own?.sinks.get(backend)
  if (own === undefined || sink === undefined || !isRouted(sender, backend)) return 0
  return notStored(sink) + own.notProduced
}

function checkBooks(senders: readonly Sender[], books: ReadonlyMap<string, TenantBooks>): string[] {
  return senders.flatMap(({ tenant: { tenant }, client: { issued } }) => {
    const own = books.get(tenant)
    if (own === undefined) return [`${tenant} is not in the books`]
    const { received } = own
    const problems: string[] = []
    if (imbalanceOf(own) > 0) problems.push(`the books of ${tenant} do not balance: ${imbalanceOf(own)} points`)
    if (received < issued.acknowledgedPoints || received > issued.attemptedPoints)
      problems.push(
        `the books of ${tenant} have ${received} points received, not ${issued.acknowledgedPoints} to ${issued.attemptedPoints}`,
      )
    for (const backend of BACKENDS) if (!own.sinks.has(backend)) problems.push(`${backend} has no books of ${tenant}`)
    return problems
  })
}

function checkVerdict(verdict: Verdict, { senders }: OpenScene, books: ReadonlyMap<string, TenantBooks>): string[] {
  const { backend, missing, doubled, crossed, unissued } = verdict
  const allowed = senders.reduce((sum, sender) => sum + bookedElsewhere(sender, backend, books), 0)
  const bad = Object.entries({ lost: Math.max(0, missing - allowed), doubled, crossed, unissued })
  return bad.filter(([, count]) => count > 0).map(([what, count]) => `${backend}: ${count} points ${what}`)
}

function presentOf({ sinks }: TenantBooks): number {
  return [...sinks.values()].reduce((sum, { counts }) => sum + counts.alreadyPresent, 0)
}

/** What the windows say, and what does not add up within a sink's row. */
function imbalanceOf({ received, produced, refused, notProduced, unbalanced, sinks }: TenantBooks): number {
  const atSinks = [...sinks.values()].map((sink) => {
    const settled = Object.values(sink.counts).reduce((sum, count) => sum + count, 0)
    return Math.max(sink.unbalanced, Math.abs(sink.produced - settled - sink.inFlight))
  })
  return (
    Math.max(unbalanced, Math.abs(received - produced - refused - notProduced)) +
    atSinks.reduce((sum, each) => sum + each, 0)
  )
}
