import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { checkLink, signLink } from './links.ts'
import type { LinkClaim } from './links.ts'

const SECRET = 's'.repeat(32)
const claim: LinkClaim = {
  ...{
    action: 'acknowledge',
    tenant: 'acme',
    group: '00ff00ff00ff00ff',
    occurrenceMs: 5,
    expiresAtMs: 1000,
    person: 'bob',
  },
}
const token = signLink(claim, SECRET)

describe('a signed link', () => {
  it('is good for what it says, until it expires', () => {
    expect(checkLink(token, SECRET, 999)).toEqual({ status: 'valid', claim })
    expect(checkLink(token, SECRET, 1000)).toEqual({ status: 'expired' })
    expect(token).toMatch(/^[\w-]+\.[\w-]{43}$/)
  })

  it('is nothing under another secret', () => {
    expect(checkLink(token, 'x'.repeat(32), 0)).toEqual({ status: 'invalid' })
  })

  it('is nothing when its action, its group or its end was changed', () => {
    const [, signature = ''] = token.split('.')
    for (const change of [{ action: 'resolve' }, { group: 'other' }, { expiresAtMs: 1e15 }, { tenant: 'globex' }]) {
      const payload = Buffer.from(JSON.stringify({ ...claim, ...change })).toString('base64url')
      expect(checkLink(`${payload}.${signature}`, SECRET, 0)).toEqual({ status: 'invalid' })
    }
  })

  it('is nothing when it is anything else', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat({ max: token.length - 1 }), (text, at) => {
        expect(checkLink(text, SECRET, 0)).toEqual({ status: 'invalid' })
        expect(checkLink(token.slice(0, at), SECRET, 0)).toEqual({ status: 'invalid' })
      }),
    )
    expect(checkLink(`${token}.more`, SECRET, 0)).toEqual({ status: 'invalid' })
    expect(checkLink(`${'a'.repeat(9000)}.b`, SECRET, 0)).toEqual({ status: 'invalid' })
  })
})
