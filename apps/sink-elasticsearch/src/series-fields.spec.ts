import { describe, expect, it } from '@jest/globals'
import type { Attribute, GroupIdentity, SeriesIdentity } from '@pegel/contracts'
import { renderSeries } from './series-fields.ts'

type Labels = Readonly<Record<string, string>>

const list = (labels: Labels): Attribute[] => Object.entries(labels).map(([key, value]) => ({ key, value }))

function group(resource: Labels = {}, scope: Partial<GroupIdentity['scope']> = {}): GroupIdentity {
  return { resource: list(resource), scope: { name: '', version: '', attributes: [], ...scope } }
}

function series(attributes: Labels, extras: Partial<SeriesIdentity> = {}): SeriesIdentity {
  const identity = { name: 'm', kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '' } as const
  return { ...identity, attributes: list(attributes), ...extras }
}

function dimensions(...args: Parameters<typeof renderSeries>): unknown {
  return JSON.parse(Buffer.from(`{${renderSeries(...args).dimensions}}`, 'latin1').toString())
}

describe('renderSeries', () => {
  it('names resource, scope and point attributes by where they come from', () => {
    const scope = { name: 'otelhttp', version: '1.2', attributes: list({ k: 's' }) }
    expect(dimensions('acme', group({ k: 'r' }, scope), series({ k: 'é "quoted"' }, { unit: 'By' }))).toEqual({
      tenant: 'acme',
      kind: 'gauge',
      unit: 'By',
      'scope.name': 'otelhttp',
      'scope.version': '1.2',
      'scope.attributes.k': 's',
      'resource.attributes.k': 'r',
      'attributes.k': 'é "quoted"',
    })
  })

  it('takes the tenant from nowhere but the batch', () => {
    const scope = { attributes: list({ tenant: 'evil' }) }
    expect(dimensions('acme', group({ tenant: 'evil' }, scope), series({ tenant: 'evil' }))).toEqual({
      tenant: 'acme',
      kind: 'gauge',
    })
  })

  it('tells series apart by kind, temporality, monotonicity and unit', () => {
    const same: Partial<SeriesIdentity>[] = [
      {},
      { kind: 'sum', temporality: 'cumulative' },
      { kind: 'sum', temporality: 'delta' },
      { kind: 'sum', temporality: 'delta', monotonic: true },
      { kind: 'histogram', temporality: 'delta' },
      { unit: 's' },
    ]
    const rendered = same.map((extras) => renderSeries('acme', group(), series({}, extras)).dimensions)
    expect(new Set(rendered).size).toBe(same.length)
  })

  it('keeps both values of a key that is given twice', () => {
    const attributes = [...list({ k: '1' }), ...list({ k: '2' })]
    expect(dimensions('acme', group(), series({}, { attributes }))).toMatchObject({
      'attributes.k': '1',
      'attributes.k+': '2',
    })
  })

  it('maps as a counter what is cumulative and only grows, of histograms the count', () => {
    const template = (extras: Partial<SeriesIdentity>): unknown =>
      renderSeries('a', group(), series({}, extras)).template
    expect(template({ kind: 'sum', temporality: 'cumulative', monotonic: true })).toBe('"metrics.m":"counter"')
    expect(template({ kind: 'histogram', temporality: 'cumulative' })).toBe('"metrics.m.count":"counter"')
    expect(template({ kind: 'exponential_histogram', temporality: 'cumulative' })).toBe('"metrics.m.count":"counter"')
    expect(template({ kind: 'sum', temporality: 'cumulative' })).toBeUndefined()
    expect(template({ kind: 'sum', temporality: 'delta', monotonic: true })).toBeUndefined()
    expect(template({ kind: 'histogram', temporality: 'delta' })).toBeUndefined()
    expect(template({})).toBeUndefined()
  })

  it('quotes metric names', () => {
    expect(renderSeries('a', group(), series({}, { name: 'a"b\n' })).field).toBe(String.raw`"metrics.a\"b\n`)
  })
})
