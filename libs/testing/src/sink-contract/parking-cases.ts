import { expect, it } from '@jest/globals'
import { readParkedLanes, resumeLane } from '@pegel/pipeline'
import type { Sink, SinkLimits } from '@pegel/pipeline'
import { eventually } from '../eventually.ts'
import type { ContractRun } from './contract-run.ts'
import { storedPoints } from './contract-run.ts'
import { through } from './wrap-sink.ts'

/** Soon, so that a test need not wait. */
const LIMITS: Partial<SinkLimits> = { breakerFailures: 2, breakerOpenMs: 50, parkAfterMs: 100, recordsPerWrite: 4 }

/** One tenant's writes fail while the backend as a whole is well. */
export function parkingCases(contract: ContractRun): void {
  it('parks the lane that its backend refuses while another flows, and drains it in order when it takes it again', async () => {
    const [refused, other] = [contract.tenant('refused'), contract.tenant('other')]
    const failing = new Set([refused])
    const sent = contract.rising('contract_parked', 12)
    for (const series of sent.slice(0, 8)) await contract.harness.produce(refused, [series])
    await contract.harness.produce(other, sent.slice(0, 1))
    const order: number[] = []
    await contract.harness.run({ limits: LIMITS, wrap: (sink) => refusing(sink, failing, { tenant: refused, order }) })
    await contract.harness.drained()
    await contract.expectStored(other, sent.slice(0, 1))
    expect(await contract.stored(refused)).toEqual({})
    await parkedPoints(contract, refused, 8)
    // Behind what is parked, whether that is drained meanwhile or not.
    for (const series of sent.slice(8, 10)) await contract.harness.produce(refused, [series])
    failing.clear()
    for (const series of sent.slice(10)) await contract.harness.produce(refused, [series])
    await contract.expectStored(refused, sent)
    await contract.harness.drained()
    expect(order).toEqual([...order].sort((a, b) => a - b))
    await eventually(async () => expect(storedPoints(await contract.harness.rows(refused, 12))).toBe(12))
    expect((await contract.harness.rows(refused, 12)).map(({ counts }) => counts?.parked)).toEqual(Array(12).fill(0))
  })

  it('knows what is parked after a crash and a rebalance, and drains it once', async () => {
    const tenants = Array.from({ length: 3 }, () => contract.tenant('refused'))
    const failing = new Set(tenants)
    const wrap = (sink: Sink): Sink => refusing(sink, failing)
    const sent = new Map(tenants.map((tenant) => [tenant, contract.rising('contract_parked_crash', 9)]))
    const produce = async (from: number, to: number): Promise<void> => {
      for (const [tenant, series] of sent)
        for (const each of series.slice(from, to)) await contract.harness.produce(tenant, [each])
    }
    await produce(0, 3)
    const doomed = await contract.harness.run({ limits: LIMITS, wrap, loseCommits: true })
    for (const tenant of tenants) await parkedPoints(contract, tenant, 3)
    await contract.harness.stop(doomed)
    // All of it comes again, and is not parked twice.
    await contract.harness.run({ limits: LIMITS, wrap })
    await produce(3, 6)
    await contract.harness.run({ limits: LIMITS, wrap })
    await produce(6, 9)
    await contract.harness.drained()
    for (const tenant of tenants) await parkedPoints(contract, tenant, 9)
    failing.clear()
    for (const [tenant, series] of sent) {
      await contract.expectStored(tenant, series)
      await eventually(async () => expect(storedPoints(await contract.harness.rows(tenant, 9))).toBe(9))
    }
  })
}

/** Its backend refuses too much of one tenant for good. */
export function stopCases(contract: ContractRun): void {
  it('stops a lane of which too much would become dead letters, and drains it when it is resumed', async () => {
    const [refused, other] = [contract.tenant('rejected'), contract.tenant('other')]
    const rejected = new Set([refused])
    const sent = contract.rising('contract_stopped', 10)
    for (const series of sent) await contract.harness.produce(refused, [series])
    await contract.harness.produce(other, sent.slice(0, 1))
    const limits = { ...LIMITS, recordsPerWrite: 1, deadLetterRun: 3 }
    const wrap = (sink: Sink): Sink => rejecting(sink, rejected)
    await contract.harness.run({ limits, wrap })
    await contract.harness.drained()
    await contract.expectStored(other, sent.slice(0, 1))
    expect(await contract.harness.deadLetters(refused, 2)).toHaveLength(2)
    await parkedPoints(contract, refused, 8)
    const { kafka } = contract.harness
    const [lane, ...others] = await readParkedLanes({ kafka, sinks: [contract.options.name] })
    expect(others).toEqual([])
    expect(lane).toMatchObject({ tenant: refused, state: { records: 8, stop: { detail: 'wrong_mapping' } } })
    if (lane === undefined) return
    rejected.clear()
    const producer = kafka.producer()
    await resumeLane(producer, { ...lane, accepts: [] })
    await contract.expectStored(refused, sent.slice(2))
    await eventually(async () => expect(storedPoints(await contract.harness.rows(refused, 10))).toBe(8))
    expect(await contract.harness.deadLetters(refused, 2)).toHaveLength(2)
  })
}

async function parkedPoints(contract: ContractRun, tenant: string, points: number): Promise<void> {
  await eventually(async () => {
    const rows = await contract.harness.rows(tenant, 1)
    expect(rows.reduce((sum, { counts }) => sum + (counts?.parked ?? 0), 0)).toBe(points)
  })
}

interface Recorded {
  readonly tenant: string
  /** Point times of this tenant's records, in the order in which they were stored. */
  readonly order: number[]
}

/** A sink whose backend refuses some tenants. */
function refusing(sink: Sink, tenants: ReadonlySet<string>, recorded?: Recorded): Sink {
  return through(sink, async (batch, signal) => {
    if (tenants.has(batch.tenant)) throw new Error('this tenant is refused')
    const result = await sink.write(batch, signal)
    if (batch.tenant === recorded?.tenant)
      for (const { points } of batch.records) recorded.order.push(...points.columns.timeMs)
    return result
  })
}

/** A sink whose backend takes no point of some tenants. */
function rejecting(sink: Sink, tenants: ReadonlySet<string>): Sink {
  return through(sink, (batch, signal) => {
    if (!tenants.has(batch.tenant)) return sink.write(batch, signal)
    const none = { delivered: 0, alreadyPresent: 0, unsupported: 0, collapsed: 0, collided: 0, retry: [] }
    const outcomes = batch.records.map(({ envelope }) => ({
      ...none,
      rejected: Array.from({ length: envelope.points }, (_, point) => ({
        point,
        reason: 'wrong_mapping',
        message: '',
      })),
    }))
    return Promise.resolve({ outcomes })
  })
}
