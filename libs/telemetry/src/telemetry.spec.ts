import { describe, expect, it } from '@jest/globals'
import { createLogger } from './logger.ts'
import { createMetrics } from './metrics.ts'

describe('createLogger', () => {
  it('writes the documented fields, tenant and trace at the top and the rest under metadata', () => {
    const lines: string[] = []
    const log = createLogger({ service: 'enricher', level: 'info', destination: { write: (line) => lines.push(line) } })
    log.child({ tenant_id: 'acme' }).warn('slow', { trace_id: 'ab', tookMs: 12, error: new Error('x') })
    log.debug('not at this level')
    expect(lines).toHaveLength(1)
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>
    expect(line).toMatchObject({
      level: 'WARN',
      service: 'enricher',
      tenant_id: 'acme',
      trace_id: 'ab',
      message: 'slow',
    })
    expect(line.metadata).toMatchObject({ tookMs: 12, error: { message: 'x', type: 'Error' } })
    expect(Date.parse(String(line.timestamp))).not.toBeNaN()
  })
})

describe('createMetrics', () => {
  it('gives the same metric for the same name', async () => {
    const metrics = createMetrics({ service: 's', defaults: false })
    metrics.counter('a_total', 'help').inc()
    metrics.counter('a_total', 'help').inc(2)
    expect(await metrics.expose()).toContain('a_total{service="s"} 3')
  })

  it('caps the tenants that become label values', () => {
    const metrics = createMetrics({ service: 's', maxTenants: 2, defaults: false })
    expect(['a', 'b', 'c', 'a'].map((tenant) => metrics.tenantLabel(tenant))).toEqual(['a', 'b', '_other', 'a'])
  })

  it('counts the process itself unless told not to', async () => {
    expect(await createMetrics({ service: 's' }).expose()).toContain('process_cpu_seconds_total')
  })
})
