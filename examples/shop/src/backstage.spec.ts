import { describe, expect, it } from '@jest/globals'
import { Backstage } from './backstage.ts'
import { Fault } from './fault.ts'

function readings(inTrouble: () => boolean, count: number): { confidence: number; waiting: number; disk: number }[] {
  let seed = 1
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647
  const backstage = new Backstage({ random, inTrouble, hours: () => 12 })
  return Array.from({ length: count }, () => ({
    confidence: backstage.confidence(),
    waiting: backstage.waitingOrders(),
    disk: backstage.diskUtilization(),
  }))
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('Backstage', () => {
  it('stays where it is on a usual day', () => {
    const day = readings(() => false, 5000)
    expect(mean(day.map(({ confidence }) => confidence))).toBeCloseTo(0.92, 2)
    expect(Math.max(...day.map(({ waiting }) => waiting))).toBeLessThan(30)
    expect(mean(day.map(({ disk }) => disk))).toBeCloseTo(0.65, 3)
  })

  it('shows trouble everywhere: an unsure model, a growing queue, a filling disk', () => {
    const trouble = readings(() => true, 20)
    expect(mean(trouble.map(({ confidence }) => confidence))).toBeCloseTo(0.74, 1)
    expect(trouble.at(-1)?.waiting).toBeGreaterThan(60)
    expect(trouble.at(-1)?.disk).toBeCloseTo(0.69, 2)
  })

  it('never has more than a full disk', () => {
    expect(Math.max(...readings(() => true, 500).map(({ disk }) => disk))).toBe(1)
  })
})

describe('Fault', () => {
  it('lasts from its beginning, to its end exclusively; without a length there is none', () => {
    const fault = new Fault(1000, 500)
    expect([999, 1000, 1499, 1500].map((at) => fault.isActive(at))).toEqual([false, true, true, false])
    expect(new Fault(0, 0).isActive(0)).toBe(false)
  })
})
