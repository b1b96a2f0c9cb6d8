import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { labelSet } from './label-set.ts'
import { remoteGroup, remoteLabels, RemoteSeries } from './remote-series.ts'

describe('RemoteSeries', () => {
  it('keeps but a few units, since it looks through them one by one', () => {
    const series = new RemoteSeries()
    const labels = labelSet([{ key: '__name__', value: 'm' }])
    const variantOf = (unit: string) => {
      const made = remoteLabels(DEFAULT_LIMITS, remoteGroup(DEFAULT_LIMITS), { form: 2, unit, labels })
      return { form: 2, unit, labels: made } as const
    }
    const kept = Array.from({ length: 20 }, (_, index) => series.add(variantOf(`u${index}`)))
    expect(kept.filter(Boolean)).toHaveLength(8)
    expect([series.find(2, 'u7') === undefined, series.find(2, 'u8')]).toEqual([false, undefined])
  })
})
