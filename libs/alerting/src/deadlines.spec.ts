import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Deadlines } from './deadlines.ts'

const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key: fc.nat({ max: 5 }), dueMs: fc.nat({ max: 20 }) }),
  fc.record({ do: fc.constant('delete' as const), key: fc.nat({ max: 5 }), dueMs: fc.constant(0) }),
  fc.record({ do: fc.constant('take' as const), key: fc.constant(0), dueMs: fc.nat({ max: 20 }) }),
)

describe('Deadlines', () => {
  it('give what is due first, as a sorted list would', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const deadlines = new Deadlines()
        const model = new Map<string, number>()
        for (const { do: what, key: number, dueMs } of steps) {
          const key = String(number)
          if (what === 'set') {
            deadlines.set(key, dueMs)
            model.set(key, dueMs)
          } else if (what === 'delete') {
            deadlines.delete(key)
            model.delete(key)
          } else {
            const first = Math.min(...model.values(), Infinity)
            const taken = deadlines.take(dueMs)
            expect(taken?.dueMs).toBe(first <= dueMs ? first : undefined)
            if (taken !== undefined) {
              expect(model.get(taken.key)).toBe(first)
              model.delete(taken.key)
            }
          }
          expect(deadlines.nextMs).toBe(Math.min(...model.values(), Infinity))
          expect(deadlines.size).toBe(model.size)
        }
      }),
    )
  })
})
