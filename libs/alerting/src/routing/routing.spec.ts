import { describe, expect, it } from '@jest/globals'
import type { Matcher } from '@pegel/tenancy'
import { alertRecord, planOf } from '../../test/support/tenant.ts'
import { alertFingerprint, commonOf, formatLabels, labelsOf } from '../labels.ts'
import { compileMatchers } from '../matching.ts'
import { Inhibitor } from '../muting/inhibitor.ts'
import { groupOf } from './group-key.ts'
import { allRoutes, matchRoutes } from './route-tree.ts'

const matcher = (text: string): Matcher => {
  const [, name = '', operator = '=', value = ''] = /^(\w+)(=~|!~|!=|=)(.*)$/s.exec(text) ?? []
  return { name, operator: operator as Matcher['operator'], value }
}

describe('matchers', () => {
  it.each([
    ['a=b', { a: 'b' }, true],
    ['a=b', { a: 'bc' }, false],
    ['a=', {}, true],
    ['a!=b', {}, true],
    ['a=~b|c', { a: 'c' }, true],
    ['a=~b|c', { a: 'bc' }, false],
    ['a=~b.*', { a: 'b\nc' }, false],
    ['a=~.*', {}, true],
    ['a=~.+', {}, false],
    ['a!~b.*', { a: 'xb' }, true],
    ['a!~b.*', { a: 'b' }, false],
    ['constructor=', {}, true],
  ])('%s of %j is %s', (text, labels, expected) => {
    expect(compileMatchers([matcher(text)])(labels as Record<string, string>)).toBe(expected)
  })
})

describe('the labels of an alert', () => {
  it('are its own, its name, its tenant, and severity and source unless it has some', () => {
    const record = alertRecord('Down', { labels: { host: 'a', source: 'mine', tenant: 'other', empty: '' } })
    expect(labelsOf(record)).toEqual({
      ...{ alertname: 'Down', host: 'a', severity: 'warning', source: 'mine', tenant: 'acme' },
    })
  })

  it('make the fingerprint, whatever their order', () => {
    expect(alertFingerprint({ a: '1', b: '2' })).toBe(alertFingerprint({ b: '2', a: '1' }))
    expect(alertFingerprint({ a: '1' })).toMatch(/^[0-9a-f]{16}$/)
    expect(alertFingerprint({ a: '1,b' })).not.toBe(alertFingerprint({ a: '1', b: '' }))
  })

  it('are printed and compared as Prometheus does', () => {
    expect(formatLabels({ b: 'x"y', a: '1' })).toBe('{a="1", b="x\\"y"}')
    expect(
      commonOf([
        { a: '1', b: '2' },
        { a: '1', b: '3' },
      ]),
    ).toEqual({ a: '1' })
    expect(commonOf([])).toEqual({})
  })
})

describe('the routing tree', () => {
  const plan = planOf(`
  receivers: [{ name: r }]
  route:
    receiver: r
    group_by: [alertname]
    routes:
      - { matchers: ['team="db"', 'env=~"prod|test"'], routes: [{ matchers: [env=prod], group_by: ['...'] }] }
      - { matchers: [team=db], continue: true }
      - { matchers: [team=db] }
      - { matchers: [team!=""] }`)
  const keys = (labels: Record<string, string>): readonly string[] =>
    plan.root === undefined ? [] : matchRoutes(plan.root, labels).map((route) => route.key)

  it('takes the deepest match, and goes on only where it says so', () => {
    expect(keys({ team: 'db', env: 'prod' })).toEqual(['{}/{env=~"prod|test",team="db"}/{env="prod"}'])
    expect(keys({ team: 'db', env: 'test' })).toEqual(['{}/{env=~"prod|test",team="db"}'])
    expect(keys({ team: 'db' })).toEqual(['{}/{team="db"}', '{}/{team="db"}#2'])
    expect(keys({ team: 'web' })).toEqual(['{}/{team!=""}'])
    expect(keys({})).toEqual(['{}'])
  })

  it('groups by labels that are there', () => {
    const [root, , leaf] = plan.root === undefined ? [] : allRoutes(plan.root)
    if (root === undefined || leaf === undefined) throw new Error('no routes')
    const labels = { alertname: 'Down', team: 'db' }
    expect(groupOf(root, labels)).toMatchObject({ key: '{}:{alertname="Down"}', labels: { alertname: 'Down' } })
    expect(groupOf(root, { team: 'db' }).key).toBe('{}:{}')
    expect(groupOf(leaf, labels).labels).toEqual(labels)
    expect(groupOf(root, labels).id).not.toBe(groupOf(leaf, labels).id)
  })
})

describe('inhibition', () => {
  it('compares labels that are absent on both sides as equal, and forgets what has ended', () => {
    const rule = { sourceMatchers: [matcher('s=1')], targetMatchers: [matcher('t=1')], equal: ['host'] }
    const inhibitor = new Inhibitor([rule])
    inhibitor.set('x', { s: '1' }, true)
    expect(inhibitor.inhibits({ t: '1' })).toBe(true)
    expect(inhibitor.inhibits({ t: '1', host: 'a' })).toBe(false)
    expect(inhibitor.inhibits({ s: '1' })).toBe(false)
    inhibitor.set('x', { s: '1' }, false)
    expect(inhibitor.inhibits({ t: '1' })).toBe(false)
  })

  it('does not let alerts on both sides of a rule inhibit each other', () => {
    const rule = { sourceMatchers: [matcher('s=1')], targetMatchers: [matcher('t=1')], equal: [] }
    const inhibitor = new Inhibitor([rule])
    inhibitor.set('x', { s: '1', t: '1' }, true)
    expect(inhibitor.inhibits({ s: '1', t: '1', host: 'b' })).toBe(false)
    expect(inhibitor.inhibits({ t: '1' })).toBe(true)
    inhibitor.set('y', { s: '1' }, true)
    expect(inhibitor.inhibits({ s: '1', t: '1', host: 'b' })).toBe(true)
  })
})
