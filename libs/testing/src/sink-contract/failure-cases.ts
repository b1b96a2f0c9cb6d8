import { expect, it } from '@jest/globals'
import type { Sink } from '@pegel/pipeline'
import { eventually } from '../eventually.ts'
import type { ContractRun } from './contract-run.ts'
import { storedPoints } from './contract-run.ts'
import { through } from './wrap-sink.ts'

export function failureCases(contract: ContractRun): void {
  it('commits nothing while the backend asks to come again, and delivers afterwards', async () => {
    const tenant = contract.tenant()
    const { isWrite } = contract.options
    contract.gate.rule((request) => (isWrite(request) ? { status: 503, headers: { 'retry-after': '0' } } : undefined))
    const sent = contract.rising('contract_retry', 3)
    for (const series of sent) await contract.harness.produce(tenant, [series])
    await contract.harness.run()
    await eventually(() => expect(contract.gate.requests).toBeGreaterThan(5))
    expect(await contract.harness.lag()).toBe(3)
    contract.gate.rule()
    await contract.harness.drained()
    await contract.expectStored(tenant, sent)
  })

  it('writes again what was written but not committed, and the backend holds the same', async () => {
    const tenant = contract.tenant()
    const sent = contract.rising('contract_crash', 10)
    for (const series of sent) await contract.harness.produce(tenant, [series])
    const doomed = await contract.harness.run({ loseCommits: true })
    await contract.expectStored(tenant, sent)
    await contract.harness.rows(tenant, 10)
    await contract.harness.stop(doomed)
    expect(await contract.harness.lag()).toBe(10)
    await contract.harness.run()
    await contract.harness.drained()
    await contract.expectStored(tenant, sent)
    const rows = await contract.harness.rows(tenant, 10)
    expect(storedPoints(rows)).toBe(10)
  })

  it('writes again what the backend stored without being able to say so', async () => {
    const tenant = contract.tenant()
    const { isWrite } = contract.options
    let lost = 0
    contract.gate.rule((request) => (isWrite(request) && lost++ < 2 ? 'lose' : undefined))
    const sent = contract.rising('contract_lost_answer', 4)
    for (const series of sent) await contract.harness.produce(tenant, [series])
    await contract.harness.run({ limits: { recordsPerWrite: 1 } })
    await contract.harness.drained()
    await contract.expectStored(tenant, sent)
  })

  it('keeps the order within a series through retries', async () => {
    const tenant = contract.tenant()
    const { isWrite } = contract.options
    let writes = 0
    contract.gate.rule((request) => (isWrite(request) && writes++ % 3 !== 2 ? { status: 503 } : undefined))
    const sent = contract.rising('contract_order', 12)
    for (const series of sent) await contract.harness.produce(tenant, [series])
    const acknowledged: number[] = []
    await contract.harness.run({ limits: { recordsPerWrite: 2 }, wrap: (sink) => recording(sink, acknowledged) })
    await contract.harness.drained()
    expect(acknowledged).toEqual([...acknowledged].sort((a, b) => a - b))
    await contract.expectStored(tenant, sent)
  })

  it('waits while the backend is away and catches up when it is back', async () => {
    const tenant = contract.tenant()
    const before = contract.rising('contract_outage_before', 2)
    for (const series of before) await contract.harness.produce(tenant, [series])
    await contract.harness.run()
    await contract.harness.drained()
    contract.gate.rule(() => 'reset')
    const during = contract.rising('contract_outage_during', 5)
    for (const series of during) await contract.harness.produce(tenant, [series])
    await eventually(async () => {
      expect(await contract.harness.metrics.expose()).toMatch(/pegel_sink_backend_up\{[^}]*\} 0/)
    })
    expect(await contract.harness.lag()).toBe(5)
    contract.gate.rule()
    await contract.harness.drained()
    await contract.expectStored(tenant, [...before, ...during])
  })
}

/** Remembers the point times of each record that was answered for completely, in the order of the answers. */
function recording(sink: Sink, acknowledged: number[]): Sink {
  return through(sink, async (batch, signal) => {
    const result = await sink.write(batch, signal)
    batch.records.forEach(({ points }, index) => {
      if (result.outcomes[index]?.retry.length === 0) acknowledged.push(...points.columns.timeMs)
    })
    return result
  })
}
