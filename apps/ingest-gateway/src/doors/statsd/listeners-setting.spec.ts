import { describe, expect, it } from '@jest/globals'
import { statsdListeners } from './listeners-setting.ts'

describe('statsdListeners', () => {
  it('reads a port per tenant', () => {
    expect(statsdListeners().parse(' acme=127.0.0.1:8125, globex=[::1]:0 ,')).toEqual([
      { tenant: 'acme', host: '127.0.0.1', port: 8125 },
      { tenant: 'globex', host: '::1', port: 0 },
    ])
    expect(statsdListeners().parse('')).toEqual([])
  })

  it.each([
    '8125',
    'acme',
    'acme=8125',
    'acme=localhost:8125',
    'acme=127.0.0.1:99999',
    'Acme=127.0.0.1:8125',
    '=127.0.0.1:8125',
    'acme=127.0.0.1:1,acme=127.0.0.1:2',
  ])('refuses %s', (text) => {
    expect(statsdListeners().safeParse(text).success).toBe(false)
  })
})
