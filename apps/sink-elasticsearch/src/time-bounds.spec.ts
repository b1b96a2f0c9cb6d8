import { describe, expect, it } from '@jest/globals'
import { parseTimeBounds } from './time-bounds.ts'

describe('parseTimeBounds', () => {
  it('knows three forms', () => {
    expect(parseTimeBounds('auto')).toEqual({ kind: 'auto' })
    expect(parseTimeBounds('managed')).toEqual({ kind: 'managed' })
    expect(parseTimeBounds('fixed:2025-01-01T00:00:00Z/2035-01-01T00:00:00Z')).toEqual({
      kind: 'fixed',
      start: '2025-01-01T00:00:00Z',
      end: '2035-01-01T00:00:00Z',
    })
  })

  it.each(['', 'fixed', 'fixed:2025-01-01', 'fixed:2025/2025', 'fixed:2026/2025', 'fixed:now/later', 'MANAGED'])(
    'refuses %j',
    (text) => {
      expect(parseTimeBounds(text)).toBeUndefined()
    },
  )
})
