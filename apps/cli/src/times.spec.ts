import { describe, expect, it } from '@jest/globals'
import { parseTime } from './times.ts'

describe('parseTime', () => {
  it('takes durations and times', () => {
    expect(parseTime('--since', '90s', 100_000)).toBe(10_000)
    expect(parseTime('--since', '1970-01-01T00:01:00Z')).toBe(60_000)
    expect(() => parseTime('--from', 'yesterday')).toThrow('--from')
  })
})
