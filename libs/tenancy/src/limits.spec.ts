import { describe, expect, it } from '@jest/globals'
import type { GroupIdentity, SeriesIdentity } from '@pegel/contracts'
import { checkSeries, checkTime, DEFAULT_LIMITS } from './limits.ts'

const LIMITS = {
  ...DEFAULT_LIMITS,
  maxLabelsPerSeries: 2,
  maxLabelNameBytes: 4,
  maxLabelValueBytes: 6,
  maxPointAgeMs: 100,
  maxPointFutureMs: 10,
}
const group = (over: Partial<GroupIdentity> = {}): GroupIdentity => ({
  resource: [],
  scope: { name: '', version: '', attributes: [] },
  ...over,
})
const series = (labels: Record<string, string>, name = 'm'): SeriesIdentity => ({
  name,
  kind: 'gauge',
  temporality: 'unspecified',
  monotonic: false,
  unit: '',
  attributes: Object.entries(labels).map(([key, value]) => ({ key, value })),
})

describe('checkSeries', () => {
  it('passes what is exactly at its limits', () => {
    expect(checkSeries(LIMITS, group(), series({ abcd: '123456', b: 'ééé' }, 'name'))).toBeUndefined()
  })

  it.each([
    ['max_labels_per_series', group(), series({ a: '1', b: '2', c: '3' })],
    ['max_label_name_bytes', group(), series({ abcde: '1' })],
    ['max_label_name_bytes', group(), series({}, 'names')],
    ['max_label_name_bytes', group(), series({ ééé: '1' })],
    ['max_label_value_bytes', group(), series({ a: '1234567' })],
    ['max_label_value_bytes', group({ resource: [{ key: 'a', value: 'éééé' }] }), series({})],
    ['max_labels_per_series', group({ resource: Array(3).fill({ key: 'a', value: 'b' }) }), series({})],
    ['max_label_value_bytes', group({ scope: { name: 'too long', version: '', attributes: [] } }), series({})],
    [
      'max_label_name_bytes',
      group({ scope: { name: '', version: '', attributes: [{ key: 'abcde', value: '' }] } }),
      series({}),
    ],
  ])('refuses by %s', (reason, who, what) => {
    expect(checkSeries(LIMITS, who, what)).toBe(reason)
  })
})

describe('checkTime', () => {
  it('measures against the receive time', () => {
    expect([899, 900, 1000, 1010, 1011].map((timeMs) => checkTime(LIMITS, timeMs, 1000))).toEqual([
      'max_point_age',
      undefined,
      undefined,
      undefined,
      'max_point_future',
    ])
  })
})
