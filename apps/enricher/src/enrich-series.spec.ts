import { describe, expect, it } from '@jest/globals'
import { compileRules } from '@pegel/tenancy'
import type { RelabelRule } from '@pegel/tenancy'
import { gauge, groupOf, seriesOf } from '@pegel/testing'
import { enrichGroup, enrichSeries } from './enrich-series.ts'
import { renameReserved } from './reserved-labels.ts'

type Labels = Readonly<Record<string, string>>

function rule(over: Partial<RelabelRule>): RelabelRule {
  const defaults = { separator: ';', regex: '(.*)', replacement: '$1', targetLabel: '', sourceLabels: [], modulus: 0 }
  return { id: 'r', action: 'replace', ...defaults, ...over }
}

function enrich(labels: Labels, options: { statics?: Labels; rules?: readonly RelabelRule[] } = {}) {
  const { statics = {}, rules = [] } = options
  const relabel = rules.length === 0 ? undefined : compileRules(rules)
  return enrichSeries(seriesOf(gauge('up', [], { attributes: labels })), {
    tenant: 'acme',
    staticLabels: statics,
    relabel,
  })
}

function labelsOf(...args: Parameters<typeof enrich>): Labels & { name: string } {
  const result = enrich(...args)
  if (result.status === 'dropped') throw new Error(`dropped by ${result.rule}`)
  const { name, attributes } = result.series
  return { name, ...Object.fromEntries(attributes.map(({ key, value }) => [key, value])) }
}

describe('enrichSeries', () => {
  it('adds the tenant and keeps the rest, an empty value too', () => {
    expect(labelsOf({ host: 'a', empty: '' })).toEqual({ name: 'up', host: 'a', empty: '', tenant: 'acme' })
  })

  it("makes a client's own tenant exported_tenant, whatever else it sends", () => {
    expect(labelsOf({ tenant: 'beta' })).toEqual({ name: 'up', tenant: 'acme', exported_tenant: 'beta' })
    expect(labelsOf({ tenant: 'beta', exported_tenant: 'gamma' })).toEqual({
      name: 'up',
      tenant: 'acme',
      exported_tenant: 'gamma',
      exported_exported_tenant: 'beta',
    })
  })

  it('does not let a label called __name__ take the place of the name', () => {
    expect(
      labelsOf({ __name__: 'down' }, { rules: [rule({ action: 'keep', sourceLabels: ['__name__'], regex: 'up' })] }),
    ).toEqual({
      name: 'up',
      exported___name__: 'down',
      tenant: 'acme',
    })
  })

  it('adds static labels where the client has none of that name, and lets rules see them', () => {
    const rules = [rule({ sourceLabels: ['region'], targetLabel: 'zone', replacement: '$1-1' })]
    expect(labelsOf({ env: 'test' }, { statics: { env: 'prod', region: 'eu' }, rules })).toEqual({
      name: 'up',
      env: 'test',
      region: 'eu',
      zone: 'eu-1',
      tenant: 'acme',
    })
  })

  it('overwrites a tenant that rules made', () => {
    const rules = [rule({ action: 'labelmap', regex: 'x_(.*)' })]
    expect(labelsOf({ x_tenant: 'beta' }, { rules })).toEqual({ name: 'up', x_tenant: 'beta', tenant: 'acme' })
  })

  it('renames and drops by rule', () => {
    expect(labelsOf({}, { rules: [rule({ targetLabel: '__name__', replacement: 'is_up' })] })).toMatchObject({
      name: 'is_up',
    })
    const drop = rule({ id: 'no_test', action: 'drop', sourceLabels: ['env'], regex: 'test' })
    expect(enrich({ env: 'test' }, { rules: [drop] })).toEqual({ status: 'dropped', rule: 'no_test' })
  })
})

describe('enrichGroup', () => {
  it('leaves no resource or scope attribute that could be taken for the tenant', () => {
    const scope = { name: 's', version: '', attributes: { tenant: 'x' } }
    const group = groupOf(gauge('up', [], { resource: { tenant: 'beta', host: 'a' }, scope }))
    expect(enrichGroup(group)).toEqual({
      resource: [
        { key: 'host', value: 'a' },
        { key: 'exported_tenant', value: 'beta' },
      ],
      scope: { name: 's', version: '', attributes: [{ key: 'exported_tenant', value: 'x' }] },
    })
    const clean = groupOf(gauge('up', [], { resource: { host: 'a' } }))
    expect(enrichGroup(clean)).toBe(clean)
    expect(renameReserved(clean.resource)).toBe(clean.resource)
  })
})
