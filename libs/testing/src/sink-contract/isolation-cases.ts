import { expect, it } from '@jest/globals'
import { tenantConfig } from '../fake-tenants.ts'
import { gauge } from '../series-spec.ts'
import type { SeriesSpec } from '../series-spec.ts'
import { uniqueName } from '../unique-name.ts'
import type { ContractRun } from './contract-run.ts'
import { recently } from './contract-run.ts'

export function isolationCases(contract: ContractRun): void {
  it('keeps the same series of two tenants apart', async () => {
    const [one, two] = [contract.tenant(), contract.tenant()]
    const atMs = recently()
    const series = (value: number): SeriesSpec => gauge('contract_same', [[atMs, value]], { attributes: { host: 'a' } })
    await contract.harness.produce(one, [series(1)])
    await contract.harness.produce(two, [series(2)])
    await contract.harness.run()
    await contract.harness.drained()
    await contract.expectStored(one, [series(1)])
    await contract.expectStored(two, [series(2)])
  })

  it('never writes a record whose key is another tenant', async () => {
    const [victim, thief] = [contract.tenant(), contract.tenant()]
    await contract.harness.produce(victim, contract.rising('contract_forged', 1), thief)
    await contract.harness.run()
    await contract.harness.drained()
    const [letter] = await contract.harness.deadLetters('pegel', 1)
    expect(letter?.refusals).toMatchObject([{ point: -1, reason: 'tenant_mismatch' }])
    expect(await contract.stored(victim)).toEqual({})
    expect(await contract.stored(thief)).toEqual({})
  })

  it('books what is not routed to it and what belongs to a deleted tenant, and writes neither', async () => {
    const elsewhere = uniqueName('contract')
    contract.harness.tenants.put(tenantConfig(elsewhere, { sinks: [] }))
    const deleted = contract.tenant()
    contract.harness.tenants.remove(deleted)
    for (const tenant of [elsewhere, deleted])
      await contract.harness.produce(tenant, contract.rising('contract_skip', 1))
    await contract.harness.run()
    await contract.harness.drained()
    expect((await contract.harness.rows(elsewhere, 1))[0]?.counts).toMatchObject({ notRouted: 1, delivered: 0 })
    expect((await contract.harness.rows(deleted, 1))[0]?.counts).toMatchObject({ tenantDeleted: 1, delivered: 0 })
    expect(await contract.stored(elsewhere)).toEqual({})
    expect(await contract.stored(deleted)).toEqual({})
  })
}
