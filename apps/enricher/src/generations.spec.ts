import { describe, expect, it } from '@jest/globals'
import { Generations } from './generations.ts'

describe('Generations', () => {
  it('stays within its bound and keeps what is asked for', () => {
    const map = new Generations<number>(10)
    map.set('kept', 1)
    for (let index = 0; index < 100; index += 1) {
      map.set(String(index), index)
      expect(map.get('kept')).toBe(1)
      expect(map.size).toBeLessThanOrEqual(10)
    }
    expect(map.get('0')).toBeUndefined()
    expect(map.get('99')).toBe(99)
  })
})
