import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { isDrained, type LedgerReport } from '../tools/demo/live/ledger-report.ts'
import { gauge, newTenant, startPipeline, type Pipeline } from './pipeline.ts'
import { storedOf } from './stored.ts'

const [red, blue] = [newTenant('red'), newTenant('blue')]
const tenants = [red, blue]
const timeMs = Date.now()
let pipeline: Pipeline

const stored = () => storedOf(pipeline, tenants)

const SINKS = ['prometheus', 'elasticsearch', 'influxdb']

/** Resolves when every sink has an outcome for all that was received, and the books balance. */
async function settled(received: number): Promise<void> {
  await eventually(
    async () => {
      const { stdout, code } = await pipeline.pegel('ledger', '--json', '--sink', SINKS.join(','))
      const report = JSON.parse(stdout) as LedgerReport
      const sum = report.tenants.reduce((all, each) => all + each.received, 0)
      expect([code, sum, isDrained(report, SINKS)]).toEqual([0, received, true])
    },
    { deadlineMs: 60_000 },
  )
}

describe('two tenants that send the same series at the same instant', () => {
  beforeAll(async () => {
    pipeline = await startPipeline(tenants)
    const answers = await Promise.all([
      pipeline.send(gauge('same_name', 1, timeMs), { authorization: `Bearer ${red.key}` }),
      pipeline.send(gauge('same_name', 2, timeMs), { authorization: `Bearer ${blue.key}` }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    await settled(2)
  }, 120_000)

  afterAll(() => pipeline.stop())

  it('are two series in every backend, each under its own tenant', async () => {
    for (const [backend, cells] of Object.entries(await stored())) {
      const values = cells.map(({ tenant, value }) => [tenant, value])
      expect([backend, values.sort()]).toEqual([
        backend,
        [
          [blue.tenant, 2],
          [red.tenant, 1],
        ].sort(),
      ])
    }
  })

  it('cannot act for each other, and what was refused is in no backend', async () => {
    const wrong = gauge('stolen', 3, timeMs)
    const as = (key: string, tenant: string) =>
      pipeline.send(wrong, { authorization: `Bearer ${key}`, 'x-scope-orgid': tenant })
    expect((await as(red.key, blue.tenant)).status).toBe(403)
    expect((await as('pgl_nobody', blue.tenant)).status).toBe(401)
    expect((await pipeline.send(wrong, {})).status).toBe(401)
    // A point sent after them and settled: had the refused ones been taken, they would be there by now.
    expect((await pipeline.send(gauge('after', 4, timeMs), { authorization: `Bearer ${red.key}` })).status).toBe(200)
    await settled(3)
    for (const [backend, cells] of Object.entries(await stored())) {
      expect([backend, cells.length, cells.some(({ value }) => value === 3)]).toEqual([backend, 3, false])
    }
  })

  it("keep a client's own tenant label apart from the real one", async () => {
    const claim = [{ key: 'tenant', value: { stringValue: blue.tenant } }]
    const dataPoints = [{ timeUnixNano: `${timeMs}000000`, asDouble: 5, attributes: claim }]
    const body = {
      resourceMetrics: [
        { resource: { attributes: claim }, scopeMetrics: [{ metrics: [{ name: 'claims', gauge: { dataPoints } }] }] },
      ],
    }
    expect((await pipeline.send(body, { authorization: `Bearer ${red.key}` })).status).toBe(200)
    await settled(4)
    for (const [backend, cells] of Object.entries(await stored())) {
      const [claimed] = cells.filter(({ value }) => value === 5)
      expect([backend, claimed?.tenant]).toEqual([backend, red.tenant])
      expect(claimed?.series).toContain('exported_tenant')
    }
  })
})
