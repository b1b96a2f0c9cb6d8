import { describe, expect, it } from '@jest/globals'
import { encodeGroupBlock, encodeSeriesBlock, parseSeriesBlock } from '@pegel/contracts'
import type { SeriesRun } from '@pegel/contracts'
import { rulesOf } from '../test/support/rules.ts'
import { SeriesOutcomes } from './series-outcomes.ts'
import type { ScopedOutcomes } from './series-outcomes.ts'

const noScope = { name: '', version: '', attributes: [] }
const groupOf = (host: string): Buffer => encodeGroupBlock({ resource: [{ key: 'host', value: host }], scope: noScope })

function runOf(name: string, group = 'a'): SeriesRun {
  const identity = { name, kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '' } as const
  const block = encodeSeriesBlock({ ...identity, attributes: [{ key: 'fat', value: 'x'.repeat(100) }] })
  const points = { startTimeMs: 0, startTimeNs: 0, first: 0, count: 1 }
  return { group: { block: groupOf(group) }, fingerprintHi: 0, fingerprintLo: 0, block, ...points }
}

function ask(outcomes: ScopedOutcomes, name: string, group = 'a') {
  return outcomes.ofRun(runOf(name, group), outcomes.group(groupOf(group)))
}

const askAll = (outcomes: ScopedOutcomes, prefix: string, count: number): void => {
  for (let number = 0; number < count; number += 1) ask(outcomes, `${prefix}${number}`)
}

describe('SeriesOutcomes', () => {
  it('computes what becomes of a series once a version', () => {
    const outcomes = new SeriesOutcomes(1 << 20)
    const first = outcomes.under(rulesOf('acme', 1, 'static_labels: {zone: one}'), false)
    const zoneOf = (found: { readonly block: Uint8Array }): string | undefined =>
      parseSeriesBlock(found.block).attributes.find(({ key }) => key === 'zone')?.value
    expect(zoneOf(ask(first, 'up'))).toBe('one')
    expect(parseSeriesBlock(ask(first, 'up').block).attributes).toHaveLength(3)
    expect(outcomes.stats).toMatchObject({ misses: 1, entries: 1 })
    const second = outcomes.under(rulesOf('acme', 2, 'static_labels: {zone: two}'), false)
    expect(zoneOf(ask(second, 'up'))).toBe('two')
    expect(outcomes.stats).toMatchObject({ misses: 2, entries: 2 })
    expect(zoneOf(ask(outcomes.under(rulesOf('acme', 1), false), 'up'))).toBe('one')
    expect(outcomes.stats).toMatchObject({ misses: 2, entries: 2 })
  })

  it('tells series of one name in two groups apart, and gives a group one block', () => {
    const acme = new SeriesOutcomes(1 << 20).under(rulesOf('acme', 1), false)
    ask(acme, 'up', 'a')
    ask(acme, 'up', 'b')
    expect(acme.misses).toBe(2)
    expect(acme.group(groupOf('a'))).toBe(acme.group(groupOf('a')))
    expect(acme.group(groupOf('a')).block).not.toBe(acme.group(groupOf('b')).block)
  })

  it('remembers why a series does not go on', () => {
    const more = `rules: [{id: no_bad, source_labels: [__name__], regex: bad.*, action: drop}]`
    const acme = new SeriesOutcomes(1 << 20).under(rulesOf('acme', 1, more), false)
    const [dropped, kept] = [ask(acme, 'bad_one').discarded, ask(acme, 'good').discarded]
    expect(dropped).toMatchObject({ status: 'dropped' })
    expect(kept).toBeUndefined()
    expect(ask(acme, 'bad_one').discarded).toBe(dropped)
    expect(ask(acme, 'bad_two').discarded).toBe(dropped)
    const limited = new SeriesOutcomes(1 << 20).under(rulesOf('acme', 1, 'limits: {max_label_value_bytes: 10}'), true)
    expect(ask(limited, 'long').discarded).toMatchObject({ status: 'refused' })
  })

  it('forgets versions that nobody names any more', () => {
    const outcomes = new SeriesOutcomes(1 << 20)
    for (let version = 1; version <= 20; version += 1) askAll(outcomes.under(rulesOf('acme', version), false), 'm', 5)
    expect(outcomes.stats.entries).toBe(4 * 5)
  })

  it('makes room where most is held, with what was not used lately', () => {
    const outcomes = new SeriesOutcomes(200_000)
    const [small, large] = [rulesOf('small', 1), rulesOf('large', 1)]
    askAll(outcomes.under(small, false), 'm', 20)
    for (let round = 0; round < 40; round += 1) {
      askAll(outcomes.under(large, false), `round${round}_`, 50)
      askAll(outcomes.under(large, false), 'always', 10)
      expect(outcomes.stats.bytes).toBeLessThan(300_000)
    }
    const { misses } = outcomes.stats
    expect(misses).toBe(20 + 40 * 50 + 10)
    askAll(outcomes.under(small, false), 'm', 20)
    askAll(outcomes.under(large, false), 'always', 10)
    expect(outcomes.stats.misses).toBe(misses)
  })

  it('begins anew when all that there is is in use, and still too much', () => {
    const outcomes = new SeriesOutcomes(20_000)
    const rules = rulesOf('acme', 1)
    for (let round = 0; round < 3; round += 1) askAll(outcomes.under(rules, false), 'm', 500)
    const { bytes } = outcomes.stats
    const next = outcomes.under(rules, false)
    expect(next.arena.size).toBe(0)
    expect(outcomes.stats).toEqual({ misses: 1500, entries: 0, bytes: next.arena.sizeBytes })
    expect(bytes).toBeGreaterThan(100_000)
  })

  it('counts what it holds', () => {
    const outcomes = new SeriesOutcomes(1 << 30)
    const scopes = ['a', 'b', 'c'].map((tenant) => rulesOf(tenant, 1))
    for (const rules of [...scopes, ...scopes]) askAll(outcomes.under(rules, false), rules.tenant, 30)
    const bytes = scopes.reduce((sum, rules) => sum + outcomes.under(rules, false).arena.sizeBytes, 0)
    expect(outcomes.stats).toEqual({ misses: 90, entries: 90, bytes })
  })
})
