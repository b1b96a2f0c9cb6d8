import { describe, expect, it } from '@jest/globals'
import { isTenantId } from '@pegel/contracts'
import { bucketOf, SHARED_BUCKET } from './placement.ts'

describe('buckets', () => {
  it('gives a dedicated tenant its own and all others one', () => {
    expect(bucketOf({ tenant: 'acme', placement: 'dedicated' })).toBe('pegel_acme')
    expect(bucketOf({ tenant: 'acme', placement: 'shared' })).toBe(SHARED_BUCKET)
  })

  it('lets no tenant id be the shared one, nor a name that InfluxDB reserves', () => {
    expect(SHARED_BUCKET.startsWith('pegel_')).toBe(false)
    expect(isTenantId('shared')).toBe(true)
    expect(bucketOf({ tenant: 'shared', placement: 'dedicated' })).not.toBe(SHARED_BUCKET)
    expect(bucketOf({ tenant: '0', placement: 'dedicated' }).startsWith('_')).toBe(false)
  })
})
