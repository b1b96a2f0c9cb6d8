import { describe, expect, it } from '@jest/globals'
import { formatHealth, parseTargets } from './checks.ts'

describe('parseTargets', () => {
  it('takes names and addresses, and asks /readyz unless told', () => {
    expect(parseTargets('gateway=http://a:1, http://b:2/healthz,,')).toEqual([
      { name: 'gateway', url: 'http://a:1/readyz' },
      { name: 'b:2', url: 'http://b:2/healthz' },
    ])
  })

  it('says which address is none', () => {
    expect(() => parseTargets('gateway=nowhere')).toThrow('--url: gateway=nowhere is no address')
  })
})

describe('formatHealth', () => {
  it('shows every check', () => {
    const text = formatHealth([
      { name: 'kafka', ok: true, tookMs: 3, problem: '' },
      { name: 'sink', ok: false, tookMs: 10, problem: '503 backend: away' },
    ])
    expect(text).toMatch(/^kafka +ok +3 ms$/m)
    expect(text).toMatch(/^sink +FAILED +10 ms +503 backend: away$/m)
  })
})
