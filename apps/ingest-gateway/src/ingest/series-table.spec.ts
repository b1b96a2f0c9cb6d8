import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { SeriesTable, WINDOW_TICKS } from './series-table.ts'

/** Takes a series in as the gateway does. @returns whether it was within the window */
function see(table: SeriesTable, hi: number, lo: number): boolean {
  const known = table.touch(hi, lo)
  if (!known) table.add(hi, lo)
  return known
}

describe('SeriesTable', () => {
  it('knows a series for its window and no longer, unless it comes again', () => {
    const table = new SeriesTable(0)
    expect(see(table, 1, 2)).toBe(false)
    table.advance(WINDOW_TICKS)
    expect(see(table, 1, 2)).toBe(true)
    table.advance(2 * WINDOW_TICKS)
    expect(table.active).toBe(1)
    table.advance(2 * WINDOW_TICKS + 1)
    expect([table.active, see(table, 1, 2), table.active]).toEqual([0, false, 1])
  })

  it('takes halves of a fingerprint with and without a sign', () => {
    const table = new SeriesTable(0)
    see(table, 0xffffffff, 0x80000000)
    expect([table.touch(-1, -0x80000000), table.touch(0xffffffff, 0x80000000)]).toEqual([true, true])
    table.remove(0xffffffff, 0x80000000)
    expect(table.active).toBe(0)
  })

  it('takes an add back', () => {
    const table = new SeriesTable(7)
    see(table, 1, 1)
    see(table, 2, 2)
    table.remove(1, 1)
    table.remove(3, 3)
    table.remove(1, 1)
    expect([table.active, table.touch(1, 1), table.touch(2, 2)]).toEqual([1, false, true])
  })

  it('costs 24 bytes a series at most, also when all of them change all the time', () => {
    const table = new SeriesTable(0)
    const perTick = 1000
    for (let tick = 0; tick < 600; tick++) {
      table.advance(tick)
      for (let index = 0; index < perTick; index++) see(table, tick, index)
      if (tick > WINDOW_TICKS) expect(table.active).toBe(perTick * (WINDOW_TICKS + 1))
    }
    expect(table.sizeBytes / table.active).toBeLessThan(33)
    table.advance(1_000_000)
    expect([table.active, table.sizeBytes]).toEqual([0, 144])
  })

  it('agrees with a map of times, whatever comes and however time goes', () => {
    const series = fc.record({ hi: fc.integer({ min: 0, max: 3 }), lo: fc.integer({ min: -8, max: 8 }) })
    const step = fc.record({
      passed: fc.oneof({ maxDepth: 0 }, fc.nat({ max: 3 }), fc.nat({ max: 300 })),
      series,
      take: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.nat(), (steps, start) => {
        const table = new SeriesTable(start)
        const seen = new Map<string, number>()
        let now = start
        for (const {
          passed,
          series: { hi, lo },
          take,
        } of steps) {
          now += passed
          table.advance(now)
          const key = `${hi}/${lo}`
          const known = now - (seen.get(key) ?? -Infinity) <= WINDOW_TICKS
          if (take) {
            expect(see(table, hi, lo)).toBe(known)
            seen.set(key, now)
          } else if (known && seen.get(key) === now) {
            table.remove(hi, lo)
            seen.delete(key)
          }
          const active = [...seen.values()].filter((at) => now - at <= WINDOW_TICKS).length
          expect(table.active).toBe(active)
        }
      }),
      { numRuns: 300 },
    )
  })
})
