import { describe, expect, it } from '@jest/globals'
import { startTimeFromStat } from './identity.ts'

const rest = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987654 20'

describe('startTimeFromStat', () => {
  it('reads field 22', () => {
    expect(startTimeFromStat(`42 (java) S ${rest}`)).toBe('987654')
  })

  it('is not misled by a name with spaces and parentheses', () => {
    expect(startTimeFromStat(`42 (a) b) (c) R ${rest}`)).toBe('987654')
  })

  it('takes a zombie for dead', () => {
    expect(startTimeFromStat(`42 (java) Z ${rest}`)).toBeUndefined()
  })
})
