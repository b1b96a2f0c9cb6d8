import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { createMetrics } from '@pegel/telemetry'
import { component } from './component.ts'
import { ledgerErrors } from './errors.ts'
import { LedgerMetrics } from './ledger-metrics.ts'

const readme = readFileSync('apps/ledger/README.md', 'utf8')

describe('README.md', () => {
  it.each([
    ...Object.keys(component.config.shape),
    ...component.metrics.map(({ name }) => name),
    ...Object.values(ledgerErrors).map(({ code }) => code),
  ])('explains %s', (name) => {
    expect(readme).toContain(name)
  })

  it('names what is counted', async () => {
    const metrics = createMetrics({ service: 'test', defaults: false })
    expect(new LedgerMetrics(metrics)).toBeDefined()
    const text = await metrics.expose()
    for (const { name, type } of component.metrics) expect(text).toContain(`# TYPE ${name} ${type}`)
  })
})
