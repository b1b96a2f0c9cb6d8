import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { tenantConfig } from '@pegel/testing'
import { encodeRequest } from '../../../test/otlp/otlp-oracle.ts'
import { RequestPoints } from '../../ingest/request-points.ts'
import { decodeOtlpProtobuf } from './decode-request.ts'
import type { LabelCache } from './label-cache.ts'
import { LabelCaches } from './label-caches.ts'

const NOW = 1_700_000_000_000

interface Series {
  readonly name?: string
  readonly unit?: string
  readonly label?: string
  readonly host?: string
}

function fill(cache: LabelCache, { name = 'm', unit = '', label = 'a', host = 'h' }: Series): void {
  const attributesOf = (key: string, stringValue: string) => [{ key, value: { stringValue } }]
  const dataPoints = [{ timeUnixNano: `${NOW}000000`, asDouble: 1, attributes: attributesOf('k', label) }]
  const scopeMetrics = [{ metrics: [{ name, unit, gauge: { dataPoints } }] }]
  const request = { resourceMetrics: [{ resource: { attributes: attributesOf('host', host) }, scopeMetrics }] }
  const points = new RequestPoints({ limits: cache.limits, receivedAtMs: NOW })
  decodeOtlpProtobuf(encodeRequest(request), points, cache)
  expect(points.finish().accepted).toBe(1)
}

describe('LabelCaches', () => {
  it('keeps what it has seen, and nothing twice', () => {
    const cache = new LabelCaches(1000).of(tenantConfig('acme'))
    fill(cache, {})
    const { size } = cache
    fill(cache, {})
    expect(cache.size).toBe(size)
    fill(cache, { label: 'b' })
    expect(cache.size).toBe(size + 1)
    fill(cache, { unit: 's' })
    expect(cache.size).toBe(size + 3)
  })

  it('keeps nothing that is very long', () => {
    const limits = { ...DEFAULT_LIMITS, maxLabelValueBytes: 10_000, maxLabelNameBytes: 10_000 }
    const cache = new LabelCaches(1000).of(tenantConfig('acme', { limits }))
    const long = 'x'.repeat(5000)
    fill(cache, { host: long })
    expect(cache.size).toBe(0)
    fill(cache, {})
    const { size } = cache
    fill(cache, { name: long })
    fill(cache, { label: long })
    expect(cache.size).toBe(size)
  })

  it('keeps but a few of the kinds and units of one name', () => {
    const cache = new LabelCaches(1000).of(tenantConfig('acme'))
    for (let index = 0; index < 30; index++) fill(cache, { unit: `u${index}` })
    const { size } = cache
    fill(cache, { unit: 'u30' })
    expect(cache.size).toBe(size)
  })

  it('starts anew when the limits of a tenant change, since entries hold their judgement', () => {
    const caches = new LabelCaches(1000)
    const config = tenantConfig('acme')
    const cache = caches.of(config)
    expect(caches.of({ ...config, version: 2 })).toBe(cache)
    expect(caches.of({ ...config, limits: { ...config.limits } })).not.toBe(cache)
  })

  it('holds its bound by giving up the largest', () => {
    const caches = new LabelCaches(40)
    const [acme, globex] = [tenantConfig('acme'), tenantConfig('globex')]
    const small = caches.of(globex)
    fill(small, {})
    const large = caches.of(acme)
    for (let index = 0; index < 20; index++) fill(large, { label: `${index}` })
    expect(caches.of(acme)).toBe(large)
    for (let index = 20; index < 40; index++) fill(large, { label: `${index}` })
    expect(caches.of(globex)).toBe(small)
    expect(caches.size).toBe(small.size)
  })
})
