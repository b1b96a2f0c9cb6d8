import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { labelSet } from './label-set.ts'
import { remoteGroup, remoteLabels, RemoteSeries } from './remote-series.ts'

describe('RemoteSeries', () => {
  it('keeps but a few units, since it looks through them one by one', () => {
    const series = new RemoteSeries({ series: 0 })
    const labels = labelSet([{ key: '__name__', value: 'm' }])
    const variantOf = (unit: string) => {
      const made = remoteLabels(DEFAULT_LIMITS, remoteGroup(DEFAULT_LIMITS), { form: 2, unit, labels })
      return { form: 2, unit, labels: made } as const
    }
    const kept = Array.from({ length: 20 }, (_, index) => series.add(variantOf(`u${index}`)))
    expect(kept.filter(Boolean)).toHaveLength(8)
    expect([series.find(2, 'u7') === undefined, series.find(2, 'u8')]).toEqual([false, undefined])
  })

  it('counts itself, once, among those with exemplars that wait', () => {
    const holding = { series: 0 }
    const [one, two] = [new RemoteSeries(holding), new RemoteSeries(holding)]
    for (const series of [one, one, two]) series.holds = true
    expect(holding).toEqual({ series: 2 })
    one.holds = false
    one.holds = false
    expect([holding.series, one.holds, two.holds]).toEqual([1, false, true])
  })
})
