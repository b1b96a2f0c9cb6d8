import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { LostRouter, SCENARIOS, STEPS } from './alerts/lost-router.ts'

/** They wait more than they work, so all of them run at the same time. */
const runs = SCENARIOS.map((scenario) => new LostRouter(scenario))
let finished: readonly PromiseSettledResult<void>[] = []

beforeAll(async () => {
  finished = await Promise.allSettled(
    runs.map(async (run) => {
      await run.start()
      await run.play()
    }),
  )
}, 300_000)

afterAll(async () => {
  await Promise.all(runs.map((run) => run.close()))
})

describe('two routers during an escalation', () => {
  it.each(SCENARIOS.map(({ name }, index) => ({ name, index })))('$name', ({ index }) => {
    const run = runs[index]
    const result = finished[index]
    if (result?.status === 'rejected') throw result.reason as Error
    if (run === undefined) throw new Error('there is no such run')
    const steps = Array.from({ length: STEPS }, (_, step) => `step${step + 1}`)
    const wanted = run.tenants.flatMap((tenant) => steps.map((step) => `${tenant} ${step}`)).sort()
    const told = run.told()
    expect([...new Set(told.map((each) => `${each.tenant_id} ${each.to}`))].sort()).toEqual(wanted)
    // Between request and record there is at most one send when one router is lost; a repetition carries the same key.
    expect(told.length - wanted.length).toBeLessThanOrEqual(1)
    expect(new Set(told.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(wanted.length)
    // Whoever goes by the keys hears of each step once.
    const { taken, requests } = run.hook
    expect(taken.map(({ pegel }) => `${pegel.tenant} step${pegel.escalation?.step ?? 0}`).sort()).toEqual(wanted)
    expect(requests - wanted.length).toBeLessThanOrEqual(1)
  })
})
