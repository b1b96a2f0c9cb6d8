import { describe, expect, it } from '@jest/globals'
import { INFLUX_MEASUREMENT } from '@pegel/contracts'
import type { GroupIdentity, SeriesIdentity } from '@pegel/contracts'
import { lineOrigin } from './line-origin.ts'
import { renderSeries } from './series-line.ts'

const series = (name: string, kind: SeriesIdentity['kind'] = 'gauge'): SeriesIdentity => ({
  name,
  kind,
  temporality: 'unspecified',
  monotonic: false,
  unit: '',
  attributes: [{ key: 'host', value: 'a' }],
})
const group = (measurement?: string): GroupIdentity => ({
  resource: [],
  scope: {
    name: '',
    version: '',
    attributes: measurement === undefined ? [] : [{ key: INFLUX_MEASUREMENT, value: measurement }],
  },
})

describe('lineOrigin', () => {
  it.each([
    ['cpu', 'cpu_usage_idle', { measurement: 'cpu', field: 'usage_idle' }],
    ['cpu_usage', 'cpu_usage_idle', { measurement: 'cpu_usage', field: 'idle' }],
    ['cpu', 'cpu', { measurement: 'cpu', field: 'value' }],
    ['cpu', 'cpu_', undefined],
    ['cpu', 'cpuload', undefined],
    ['cpu', 'renamed', undefined],
    [undefined, 'cpu_usage', undefined],
  ])('of %s and %s', (measurement, name, origin) => {
    expect(lineOrigin(group(measurement), series(name))).toEqual(origin)
  })

  it('is none of a kind that the gateway makes of no field', () => {
    expect(lineOrigin(group('m'), series('m_f', 'histogram'))).toBeUndefined()
  })
})

describe('a series of line protocol', () => {
  it('leaves as the measurement, tags and field that it came as', () => {
    expect(renderSeries('acme', group('disk io'), series('disk io_reads,all')).head).toBe(
      String.raw`disk\ io,host=a,tenant=acme reads\,all=`,
    )
    expect(renderSeries('acme', group('m'), series('m')).head).toBe('m,host=a,tenant=acme value=')
  })

  it('keeps its measurement as a tag when its name was changed', () => {
    expect(renderSeries('acme', group('m'), series('renamed')).head).toBe(
      'renamed,host=a,influx.measurement=m,tenant=acme gauge=',
    )
  })
})
