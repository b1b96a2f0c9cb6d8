import { describe, expect, it } from '@jest/globals'
import { createVerifier, generateDirectKey, isRawKey, signRecord } from './direct-keys.ts'
import { generateKey, hashKey } from './keys.ts'

describe('keys', () => {
  it('are 256 random bits behind a prefix', () => {
    const key = generateKey()
    expect(key).toMatch(/^pgl_[A-Za-z0-9_-]{43}$/)
    expect(generateKey()).not.toBe(key)
  })

  it('are stored as the SHA-256 of their text', () => {
    expect(hashKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })
})

describe('direct keys', () => {
  const KEY = Buffer.from('acme')
  const VALUE = Buffer.from('value')

  it('sign and verify key and value', () => {
    const { publicKey, privateKey } = generateDirectKey()
    const verify = createVerifier(publicKey)
    const signature = Buffer.from(signRecord(privateKey, KEY, VALUE), 'base64')
    expect(verify(signature, KEY, VALUE)).toBe(true)
    expect(verify(signature, Buffer.from('beta'), VALUE)).toBe(false)
    expect(verify(signature, KEY, Buffer.from('other'))).toBe(false)
    expect(verify(signature.subarray(1), KEY, VALUE)).toBe(false)
    expect(createVerifier(generateDirectKey().publicKey)(signature, KEY, VALUE)).toBe(false)
  })

  // RFC 8032, section 7.1, test 2.
  it('agree with the published test vector', () => {
    const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
    const secret = base64('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')
    const signed = signRecord(secret, Buffer.alloc(0), Buffer.from('72', 'hex'))
    expect(signed).toBe(
      base64(
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      ),
    )
    const verify = createVerifier(base64('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'))
    expect(verify(Buffer.from(signed, 'base64'), Buffer.from('72', 'hex'), Buffer.alloc(0))).toBe(true)
  })

  it('are refused when they are no 32 bytes', () => {
    expect(isRawKey('abc')).toBe(false)
    expect(() => createVerifier('abc')).toThrow('Not an Ed25519 key')
    expect(() => signRecord('abc', KEY, VALUE)).toThrow('Not an Ed25519 key')
  })
})
