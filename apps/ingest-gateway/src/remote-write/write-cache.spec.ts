import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { tenantConfig } from '@pegel/testing'
import { request1 } from '../../test/remote-write/messages.ts'
import { RequestPoints } from '../ingest/request-points.ts'
import { decodeWriteRequest } from './decode-v1.ts'
import { WriteCaches } from './write-cache.ts'
import type { WriteCache } from './write-cache.ts'
import { Written } from './written.ts'

const NOW = 1_700_000_000_000
const limits = { ...DEFAULT_LIMITS, maxLabelValueBytes: 10_000 }

function fill(cache: WriteCache, value: string): void {
  const labels = [
    { name: '__name__', value: 'm' },
    { name: 'k', value },
  ]
  const points = new RequestPoints({ limits: cache.limits, receivedAtMs: NOW })
  const body = request1([{ labels, samples: [{ value: 1, timestamp: NOW }] }])
  decodeWriteRequest(body, points, cache, new Written())
  expect(points.finish().accepted).toBe(1)
}

describe('WriteCaches', () => {
  it('counts the series of samples that it keeps, and nothing twice', () => {
    const cache = new WriteCaches(1000).of(tenantConfig('acme', { limits }))
    for (const value of ['a', 'b', 'a']) fill(cache, value)
    expect(cache.size).toBe(2)
  })

  it('keeps nothing that is very long', () => {
    const cache = new WriteCaches(1000).of(tenantConfig('acme', { limits }))
    fill(cache, 'x'.repeat(5000))
    expect(cache.size).toBe(0)
  })

  it('starts a tenant anew whose series outgrow the bound of all', () => {
    const caches = new WriteCaches(10)
    const [quiet, loud] = [tenantConfig('quiet', { limits }), tenantConfig('loud', { limits })]
    fill(caches.of(quiet), 'a')
    for (let index = 0; index < 20; index++) fill(caches.of(loud), `v${index}`)
    expect(caches.of(quiet).size).toBe(1)
    expect(caches.size).toBeLessThanOrEqual(11)
  })
})
