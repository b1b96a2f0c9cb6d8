import { describe, expect, it } from '@jest/globals'
import { ByteBudget } from './byte-budget.ts'

describe('ByteBudget', () => {
  it('refuses what would pass the bound, and takes nothing of it', () => {
    const budget = new ByteBudget(100)
    budget.take(60)
    expect(() => budget.take(41)).toThrow('PEGEL_MAX_BODY_BYTES_IN_FLIGHT')
    expect(budget.used).toBe(60)
    budget.take(40)
    budget.giveBack(100)
    expect(budget.used).toBe(0)
  })
})
