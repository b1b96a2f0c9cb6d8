import { describe, expect, it } from '@jest/globals'
import { compare } from './compare.ts'
import type { Cell, ExpectedCell } from './compare.ts'

const cell = (time: string, value: number, tenant = 'shop', series = 'orders'): Cell => ({
  tenant,
  series,
  time,
  value,
})
const sent = (cells: readonly Cell[], acknowledged = true): ExpectedCell[] =>
  cells.map((each) => ({ ...each, acknowledged }))
const three = [cell('1', 10), cell('2', 20), cell('3', 30)]
const kinds = (expected: readonly ExpectedCell[], actual: readonly Cell[]): string[] =>
  compare(expected, actual).different.flatMap(({ differences }) => differences.map(({ kind }) => kind))

describe('compare', () => {
  it('is content when each point is there once, in whatever order', () => {
    const result = compare(sent(three), three.toReversed())
    expect(result).toEqual({ series: 1, matched: 3, unconfirmed: 0, different: [] })
  })

  it('sees a missing point, with counts and sums', () => {
    const [difference] = compare(sent(three), three.slice(1)).different
    expect(difference).toMatchObject({
      tenant: 'shop',
      series: 'orders',
      sent: { count: 3, sum: 60 },
      found: { count: 2, sum: 50 },
      differences: [{ kind: 'missing', cell: { time: '1' } }],
    })
  })

  it('sees a doubled point, even with an equal value', () => {
    expect(kinds(sent(three), [...three, cell('2', 20)])).toEqual(['doubled'])
  })

  it('sees a changed value, also when it is only the sum that another point makes up for', () => {
    expect(kinds(sent(three), [cell('1', 11), cell('2', 19), cell('3', 30)])).toEqual(['changed', 'changed'])
  })

  it('sees a point that crossed over to another tenant: missing here, and whose it is there', () => {
    const result = compare(sent([...three, cell('9', 1, 'agent')]), [
      ...three.slice(1),
      cell('1', 10, 'agent'),
      cell('9', 1, 'agent'),
    ])
    expect(result.different.flatMap(({ differences }) => differences)).toEqual([
      { kind: 'missing', cell: expect.objectContaining({ tenant: 'shop', time: '1' }) },
      { kind: 'crossed', cell: cell('1', 10, 'agent'), detail: 'shop' },
    ])
  })

  it('does not let two tenants with the same series and instant stand in for each other', () => {
    const both = [cell('1', 10, 'shop'), cell('1', 10, 'agent')]
    expect(compare(sent(both), both).different).toEqual([])
    expect(kinds(sent(both), [cell('1', 10, 'shop'), cell('1', 10, 'shop')])).toEqual(['doubled', 'missing'])
  })

  it('sees points, and whole series, that nobody sent', () => {
    expect(kinds(sent(three), [...three, cell('4', 1), cell('1', 1, 'shop', 'other')])).toEqual([
      'unexpected',
      'unexpected',
    ])
  })

  it('bears an unacknowledged point that is there or not, but neither changed nor doubled', () => {
    const expected = [...sent(three), ...sent([cell('4', 40)], false)]
    expect(compare(expected, three)).toMatchObject({ matched: 3, unconfirmed: 0, different: [] })
    expect(compare(expected, [...three, cell('4', 40)])).toMatchObject({ matched: 3, unconfirmed: 1, different: [] })
    expect(kinds(expected, [...three, cell('4', 41)])).toEqual(['changed'])
    expect(kinds(expected, [...three, cell('4', 40), cell('4', 40)])).toEqual(['doubled'])
  })

  it('sees that everything is missing from an empty backend', () => {
    expect(compare(sent(three), [])).toMatchObject({ matched: 0, different: [{ found: { count: 0 } }] })
  })

  it('can be told what a backend with fewer digits takes for the same', () => {
    const near = (sentValue: number, found: number): boolean => Math.abs(sentValue - found) < 0.1
    expect(compare(sent([cell('1', 10)]), [cell('1', 10.01)], near).different).toEqual([])
    expect(compare(sent([cell('1', 10)]), [cell('1', 10.2)], near).different).toHaveLength(1)
  })

  it('knows NaN as itself and makes no difference between the zeros', () => {
    expect(kinds(sent([cell('1', Number.NaN), cell('2', 0)]), [cell('1', Number.NaN), cell('2', -0)])).toEqual([])
  })
})
