import { describe, expect, it } from '@jest/globals'
import { growthOf } from './growth.ts'

const steps = (count: number, of: (step: number) => number): number[] => Array.from({ length: count }, (_, i) => of(i))

describe('growthOf', () => {
  it('does not mind how caches fill, nor noise', () => {
    const filling = steps(20, (step) => Math.min(100, 20 + step * 10) + (step % 3))
    expect(growthOf(filling, 300)).not.toHaveProperty('problem')
  })

  it('finds what grows to the end', () => {
    expect(
      growthOf(
        steps(20, (step) => 50 + step * 5),
        300,
      ),
    ).toMatchObject({
      ...{ warmMib: 90, endMib: 145, mostMib: 300 },
      problem: 'holds 145 MiB after a collection, 90 when warm',
    })
  })

  it('finds what was too large for a moment', () => {
    expect(growthOf([50, 50], 901).problem).toBe('used 901 MiB, more than 900')
  })
})
