import { expect, it } from '@jest/globals'
import { eventually } from '../eventually.ts'
import { gauge } from '../series-spec.ts'
import type { SeriesSpec } from '../series-spec.ts'
import type { ContractRun } from './contract-run.ts'
import { recently, SECOND, storedPoints } from './contract-run.ts'

export function deliveryCases(contract: ContractRun): void {
  it('stores every point and books it as delivered', async () => {
    const tenant = contract.tenant()
    const startMs = recently()
    const sent: SeriesSpec[] = []
    for (let record = 0; record < 6; record += 1) {
      const series = ['a', 'b', 'c'].map((host, index) =>
        gauge('contract_all', timesFrom(startMs + record * 3 * SECOND, 3, index + record / 8), {
          attributes: { host },
        }),
      )
      sent.push(...series)
      await contract.harness.produce(tenant, series)
    }
    await contract.harness.run()
    await contract.harness.drained()
    await contract.expectStored(tenant, sent)
    const rows = await contract.harness.rows(tenant, 6)
    expect(rows.map(({ produced, counts }) => [produced, counts?.delivered])).toEqual(Array(6).fill([9, 9]))
  })

  it('books a record without points', async () => {
    const tenant = contract.tenant()
    await contract.harness.produce(tenant, [])
    await contract.harness.run()
    await contract.harness.drained()
    expect((await contract.harness.rows(tenant, 1))[0]).toMatchObject({ produced: 0, counts: { delivered: 0 } })
  })

  it('names refused points by index in one dead letter a record, and stores their neighbours', async () => {
    const tenant = contract.tenant()
    const { before, series, refused, reason } = contract.options.refusedCase(Date.now())
    if (before.length > 0) await contract.harness.produce(tenant, before)
    await contract.harness.produce(tenant, series)
    await contract.harness.run({ limits: { recordsPerWrite: 1 } })
    await contract.harness.drained()
    const [letter, ...others] = await contract.harness.deadLetters(tenant, 1)
    expect(others).toEqual([])
    expect(letter?.refusals.map(({ point }) => point)).toEqual(refused)
    expect(new Set(letter?.refusals.map((each) => each.reason))).toEqual(new Set([reason]))
    await contract.expectStored(tenant, [...before, ...without(series, refused)])
    const rows = await contract.harness.rows(tenant, before.length > 0 ? 2 : 1)
    const points = series.reduce((total, each) => total + each.points.length, 0)
    expect(rows.at(-1)?.counts).toMatchObject({ deadLettered: refused.length, delivered: points - refused.length })
  })

  it('loses and repeats nothing when it is stopped in the middle', async () => {
    const tenant = contract.tenant()
    const sent = contract.rising('contract_drain', 40)
    for (const series of sent) await contract.harness.produce(tenant, [series])
    const first = await contract.harness.run({ limits: { recordsPerWrite: 2 } })
    await eventually(async () => expect(await contract.harness.lag()).toBeLessThan(40), { everyMs: 5 })
    await contract.harness.stop(first)
    await contract.harness.run()
    await contract.harness.drained()
    await contract.expectStored(tenant, sent)
    const rows = await contract.harness.rows(tenant, 40)
    expect(storedPoints(rows)).toBe(40)
  })
}

export function rebalanceCases(contract: ContractRun): void {
  it('loses and repeats nothing when a second member joins and the first one leaves', async () => {
    const tenants = Array.from({ length: 4 }, () => contract.tenant())
    const sent = new Map(tenants.map((tenant) => [tenant, contract.rising('contract_members', 20)]))
    const produce = async (from: number, to: number): Promise<void> => {
      for (let index = from; index < to; index += 1) {
        for (const [tenant, series] of sent) await contract.harness.produce(tenant, series.slice(index, index + 1))
      }
    }
    await produce(0, 5)
    const first = await contract.harness.run({ limits: { recordsPerWrite: 1 } })
    await produce(5, 10)
    await contract.harness.run({ limits: { recordsPerWrite: 1 } })
    await produce(10, 15)
    await contract.harness.stop(first)
    await produce(15, 20)
    await contract.harness.drained()
    for (const [tenant, series] of sent) {
      await contract.expectStored(tenant, series)
      const rows = await contract.harness.rows(tenant, 20)
      expect(storedPoints(rows)).toBe(20)
      expect(rows).toHaveLength(20)
    }
  })
}

/** The series without the points at these indices, counted over all of them. */
function without(series: readonly SeriesSpec[], refused: readonly number[]): SeriesSpec[] {
  let index = 0
  return series
    .map((each) => ({ ...each, points: each.points.filter(() => !refused.includes(index++)) }))
    .filter(({ points }) => points.length > 0)
}

function timesFrom(startMs: number, count: number, value: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, index) => [startMs + index * SECOND, value + index] as const)
}
