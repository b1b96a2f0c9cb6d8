import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  deltaSum,
  eventually,
  requirePrometheus,
  SinkHarness,
  startHttpGate,
  tenantConfig,
  uniqueName,
} from '@pegel/testing'
import type { HttpGate } from '@pegel/testing'
import { rawSamples } from './prometheus-backend.ts'
import { testSink } from './test-sink.ts'

const RECORDS = 12

describe('delta sums become cumulative', () => {
  let gate: HttpGate
  let harness: SinkHarness
  let tenant = ''
  let startMs = 0

  beforeEach(async () => {
    gate = await startHttpGate(requirePrometheus())
    harness = new SinkHarness({ name: 'prometheus', url: gate.url, create: testSink })
    await harness.open()
    tenant = uniqueName('delta')
    harness.tenants.put(tenantConfig(tenant))
    startMs = Date.now() - 60_000
  })
  afterEach(async () => {
    await harness.close()
    await gate.close()
  })

  const produce = (index: number): Promise<void> =>
    harness.produce(tenant, [deltaSum('jobs', [[startMs + index * 1_000, index + 1]])])

  async function expectTotals(): Promise<void> {
    const [series] = await rawSamples({ selector: `{tenant="${tenant}"}` })
    const expected = Array.from({ length: RECORDS }, (_, index) => ((index + 1) * (index + 2)) / 2)
    expect(series?.points.map(({ value }) => value)).toEqual(expected)
  }

  it('and stay right when the process dies between its write and its commit, again and again', async () => {
    for (let index = 0; index < RECORDS; index += 1) {
      await produce(index)
      const doomed = await harness.run({ loseCommits: index % 2 === 0, limits: { recordsPerWrite: 3 } })
      await harness.rows(tenant, index + 1)
      await harness.stop(doomed)
    }
    await harness.run()
    await harness.drained()
    await expectTotals()
  })

  it('and stay right when writes are refused for a while and answers are lost', async () => {
    let writes = 0
    gate.rule(({ method, sizeBytes }) => {
      if (method !== 'POST' || sizeBytes < 8) return undefined
      writes += 1
      return writes % 3 === 1 ? { status: 503 } : writes % 3 === 2 ? 'lose' : undefined
    })
    for (let index = 0; index < RECORDS; index += 1) await produce(index)
    await harness.run({ limits: { recordsPerWrite: 2 } })
    await harness.drained()
    await eventually(expectTotals)
    expect(writes).toBeGreaterThan(RECORDS / 2)
  })

  it('and stay right when the lane is parked in the middle and drained', async () => {
    let refused = false
    gate.rule(({ method, sizeBytes }) => (refused && method === 'POST' && sizeBytes > 8 ? { status: 503 } : undefined))
    for (let index = 0; index < 4; index += 1) await produce(index)
    const limits = { recordsPerWrite: 3, breakerFailures: 2, breakerOpenMs: 50, parkAfterMs: 100 }
    await harness.run({ limits })
    await harness.drained()
    refused = true
    for (let index = 4; index < 9; index += 1) await produce(index)
    await harness.drained()
    expect((await harness.rows(tenant, 9)).filter(({ counts }) => counts?.parked === 1)).toHaveLength(5)
    refused = false
    for (let index = 9; index < RECORDS; index += 1) await produce(index)
    await eventually(expectTotals)
  })
})
