import { describe, expect, it } from '@jest/globals'
import { INFLUX_MEASUREMENT } from '@pegel/contracts'
import type { GroupIdentity } from '@pegel/contracts'
import { attributesOf } from '@pegel/testing'
import { groupLabels, seriesLabels, targetInfoLabels } from './labels.ts'

const group = (resource: Record<string, string>, scope: Partial<GroupIdentity['scope']> = {}): GroupIdentity => ({
  resource: attributesOf(resource),
  scope: { name: '', version: '', attributes: [], ...scope },
})
const plain = (labels: ReadonlyMap<string, string> | undefined): unknown =>
  labels === undefined ? undefined : Object.fromEntries(labels)

describe('groupLabels', () => {
  it.each([
    [{ 'service.name': 'web' }, { job: 'web' }],
    [{ 'service.name': 'web', 'service.namespace': 'shop' }, { job: 'shop/web' }],
    [{ 'service.namespace': 'shop', 'service.instance.id': 'i' }, { instance: 'i' }],
    [{ 'host.name': 'box' }, {}],
  ])('%j', (resource, expected) => {
    expect(plain(groupLabels(group(resource)))).toEqual(expected)
  })

  it('names the scope', () => {
    const scope = { name: 'http', version: '1', attributes: attributesOf({ 'a.b': 'c' }) }
    expect(plain(groupLabels(group({}, scope)))).toEqual({
      otel_scope_name: 'http',
      otel_scope_version: '1',
      otel_scope_a_b: 'c',
    })
  })

  it('says nothing of the measurement of line protocol, with which the name begins', () => {
    expect(plain(groupLabels(group({}, { attributes: attributesOf({ [INFLUX_MEASUREMENT]: 'cpu' }) })))).toEqual({})
  })
})

describe('seriesLabels', () => {
  it('joins names that become the same, in the order of their keys', () => {
    const labels = seriesLabels('acme', new Map(), attributesOf({ 'a.b': '2', 'a-b': '1', a_b: '3', c: '4' }))
    expect(plain(labels)).toEqual({ a_b: '1;2;3', c: '4', tenant: 'acme' })
  })

  it('lets the resource win over the point, and nothing over the tenant', () => {
    const common = groupLabels(group({ 'service.name': 'web' }))
    const labels = seriesLabels('acme', common, attributesOf({ job: 'mine', tenant: 'other' }))
    expect(plain(labels)).toEqual({ job: 'web', tenant: 'acme' })
  })
})

describe('targetInfoLabels', () => {
  it('says of a resource what job and instance do not', () => {
    const labels = targetInfoLabels('acme', group({ 'service.name': 'web', 'host.name': 'box', tenant: 'other' }))
    expect(plain(labels)).toEqual({ job: 'web', host_name: 'box', tenant: 'acme' })
  })

  it.each([
    ['there is nothing more', { 'service.name': 'web' }],
    ['it could not be joined', { 'host.name': 'box' }],
    ['there is no resource', {}],
  ])('is not made when %s', (_why, resource) => {
    expect(targetInfoLabels('acme', group(resource))).toBeUndefined()
  })
})
