import { describe, expect, it } from '@jest/globals'
import { parseTenantYaml } from '@pegel/tenancy'
import { BUILT_IN } from './built-in.ts'
import { derivedNames } from './derived-names.ts'
import { identityOf } from './identity.ts'
import type { WatchedIdentity } from './identity.ts'
import { compileMaintenance } from './maintenance.ts'
import { compileWatches } from './tenant-watches.ts'
import type { TenantWatches } from './tenant-watches.ts'

function watchesOf(detection: string): TenantWatches {
  const parsed = parseTenantYaml(`tenant: acme\ndetection:\n${detection}`, 'acme.yaml')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compileWatches(parsed.config)
}

function series(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  resource: Readonly<Record<string, string>> = {},
): WatchedIdentity {
  const listed = (map: Readonly<Record<string, string>>) => Object.entries(map).map(([key, value]) => ({ key, value }))
  return identityOf(
    'acme',
    { resource: listed(resource), scope: { name: '', version: '', attributes: [] } },
    { name, kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '', attributes: listed(labels) },
  )
}

describe('selectors', () => {
  it.each([
    ['http.server.request.duration', 'latency'],
    ['http_request_duration_seconds', 'latency'],
    ['http_requests_total', 'request_rate'],
    ['payment.errors', 'errors'],
    ['grpc_server_handling_failures_total', 'errors'],
    ['rabbitmq_queue_messages', 'queue'],
    ['kafka.consumer.lag', 'queue'],
    ['system.cpu.utilization', 'cpu'],
    ['system.memory.usage', 'memory'],
    ['process_resident_memory_bytes', 'memory'],
    ['system.filesystem.utilization', 'disk'],
    ['ml.model.accuracy', 'model'],
    ['model_prediction_error', 'model'],
    ['shop.orders', 'business'],
    ['active_users', 'business'],
    ['temperature', undefined],
  ])('of everybody: %s is watched as %s', (name, id) => {
    expect(watchesOf('  enabled: true').find(series(name))?.rule.id).toBe(id)
  })

  it('have ids of their own', () => {
    expect(new Set(BUILT_IN.map(({ id }) => id)).size).toBe(BUILT_IN.length)
  })

  it('the first that matches decides; labels go before the resource, and an absent one is empty', () => {
    const watches = watchesOf(`
  watch:
    - { id: debug, metric: .*, match: { env: debug }, ignore: true }
    - { id: host, metric: temp, match: { host: 'db-.*' } }
    - { id: nowhere, metric: temp, match: { host: '' } }
`)
    expect(watches.find(series('temp', { host: 'db-1' }))?.rule.id).toBe('host')
    expect(watches.find(series('temp', {}, { host: 'db-2' }))?.rule.id).toBe('host')
    expect(watches.find(series('temp', { host: 'web' }, { host: 'db-2' }))).toBeUndefined()
    expect(watches.find(series('temp'))?.rule.id).toBe('nowhere')
    expect(watches.find(series('cpu.usage', { env: 'debug' }))).toBeUndefined()
  })

  it('can be switched off, all or those of everybody', () => {
    expect(watchesOf('  enabled: false').find(series('cpu.usage'))).toBeUndefined()
    expect(watchesOf('  built_in: false').find(series('cpu.usage'))).toBeUndefined()
  })

  it('alert as the tenant says, as they say themselves, or never', () => {
    const watches = watchesOf(`
  alert: { severity: info }
  watch:
    - { id: a, metric: a }
    - { id: b, metric: b, alert: { severity: critical, on: [drift] } }
    - { id: c, metric: c, alert: false }
`)
    const severities = ['a', 'b', 'c', 'cpu.usage'].map((name) => watches.find(series(name))?.alert?.severity)
    expect(severities).toEqual(['info', 'critical', undefined, 'info'])
  })
})

describe('what is watched of a kind', () => {
  const rule = { values: undefined, drift: false }
  it.each([
    [{ kind: 'gauge', monotonic: false, temporality: 'unspecified' }, ['value']],
    [{ kind: 'sum', monotonic: true, temporality: 'cumulative' }, ['rate']],
    [{ kind: 'sum', monotonic: false, temporality: 'delta' }, ['rate']],
    [{ kind: 'sum', monotonic: false, temporality: 'cumulative' }, ['value']],
    [{ kind: 'histogram', monotonic: false, temporality: 'delta' }, ['rate', 'p95', 'p99']],
    [{ kind: 'exponential_histogram', monotonic: false, temporality: 'delta' }, ['rate', 'p95', 'p99']],
    [{ kind: 'summary', monotonic: false, temporality: 'unspecified' }, ['rate', 'p95', 'p99']],
  ] as const)('%j', (shape, names) => {
    expect(derivedNames(shape, rule)).toEqual(names)
  })

  it('a histogram with drift has its distribution watched too; what a kind has not is left out', () => {
    const histogram = { kind: 'histogram', monotonic: false, temporality: 'delta' } as const
    expect(derivedNames(histogram, { ...rule, drift: true })).toEqual(['rate', 'p95', 'p99', 'distribution'])
    expect(derivedNames(histogram, { ...rule, values: ['p50', 'value'] })).toEqual(['p50'])
  })
})

describe('maintenance', () => {
  const at = (text: string): number => Date.parse(text)
  it('lasts from its beginning to its end, for what it names', () => {
    const inIt = compileMaintenance([
      { metric: 'batch.*', fromMs: at('2026-01-01T00:00Z'), toMs: at('2026-01-02T00:00Z') },
    ])
    expect(inIt('batch_size', at('2026-01-01T00:00Z'))).toBe(true)
    expect(inIt('batch_size', at('2026-01-02T00:00Z'))).toBe(false)
    expect(inIt('other', at('2026-01-01T12:00Z'))).toBe(false)
  })

  it('comes again on its days, also over midnight', () => {
    // Saturday 23:00 for three hours; 2026-01-03 is a Saturday.
    const inIt = compileMaintenance([{ metric: '.*', days: [6], startMinute: 23 * 60, lengthMs: 3 * 3_600_000 }])
    const times = [
      '2026-01-03T22:59Z',
      '2026-01-03T23:00Z',
      '2026-01-04T01:59Z',
      '2026-01-04T02:00Z',
      '2026-01-04T23:30Z',
    ]
    expect(times.map((time) => inIt('m', at(time)))).toEqual([false, true, true, false, false])
  })
})
