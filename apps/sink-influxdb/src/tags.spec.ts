import { describe, expect, it } from '@jest/globals'
import type { Attribute, GroupIdentity, SeriesIdentity } from '@pegel/contracts'
import { tagsOf } from './tags.ts'

type Labels = Readonly<Record<string, string>>

const list = (labels: Labels): Attribute[] => Object.entries(labels).map(([key, value]) => ({ key, value }))

function group(resource: Labels, scope: Labels = {}): GroupIdentity {
  return { resource: list(resource), scope: { name: '', version: '', attributes: list(scope) } }
}

function series(attributes: Labels, extras: Partial<SeriesIdentity> = {}): SeriesIdentity {
  const identity = { name: 'm', kind: 'sum', temporality: 'cumulative', monotonic: true, unit: '' } as const
  return { ...identity, attributes: list(attributes), ...extras }
}

const tags = (...args: Parameters<typeof tagsOf>): Labels => Object.fromEntries(tagsOf(...args))

describe('tags of a series', () => {
  it('puts resource and point attributes side by side, sorted', () => {
    const found = tagsOf('acme', group({ 'service.name': 'shop', host: 'a' }), series({ cpu: '0' }))
    expect([...found]).toEqual([
      ['cpu', '0'],
      ['host', 'a'],
      ['service.name', 'shop'],
      ['tenant', 'acme'],
    ])
  })

  it('names the scope, the unit and deltas', () => {
    const scoped: GroupIdentity = { resource: [], scope: { name: 'otelhttp', version: '1.2', attributes: [] } }
    expect(tags('acme', scoped, series({}, { unit: 'By', temporality: 'delta' }))).toEqual({
      'otel.scope.name': 'otelhttp',
      'otel.scope.version': '1.2',
      'otel.metric.unit': 'By',
      'otel.metric.temporality': 'delta',
      tenant: 'acme',
    })
  })

  it('overwrites nothing when one key is used in several places', () => {
    expect(tags('acme', group({ host: 'resource' }, { host: 'scope' }), series({ host: 'point' }))).toEqual({
      host: 'point',
      'scope.host': 'scope',
      'resource.host': 'resource',
      tenant: 'acme',
    })
    expect(tags('acme', group({ host: 'r' }), series({ host: 'p', 'resource.host': 'q' }))).toMatchObject({
      host: 'p',
      'resource.host': 'q',
      'resource.resource.host': 'r',
    })
  })

  it('takes the tenant from nowhere but the batch', () => {
    expect(tags('acme', group({ tenant: 'evil' }, { tenant: 'evil' }), series({ tenant: 'evil' }))).toEqual({
      tenant: 'acme',
    })
  })

  it('renames what InfluxDB reserves and leaves out what is empty', () => {
    expect(tags('acme', group({ _field: 'f' }), series({ time: 'now', '': 'x', empty: '' }))).toEqual({
      'point.time': 'now',
      'resource._field': 'f',
      tenant: 'acme',
    })
  })

  it('keeps keys apart that are written alike', () => {
    expect(Object.keys(tags('acme', group({}), series({ 'a\n': '1', [String.raw`a\n`]: '2' })))).toHaveLength(3)
  })
})
