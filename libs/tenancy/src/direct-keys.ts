import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { messageOf } from '@pegel/errors'
import { tenancyErrors } from './errors.ts'

/** An Ed25519 pair for a service that produces to `ingest-direct`; both as base64 of the 32 raw bytes (RFC 8032). */
export interface DirectKeyPair {
  readonly publicKey: string
  readonly privateKey: string
}

const RAW = /^[A-Za-z0-9+/]{43}=$/

/** True when the text is base64 of 32 bytes, as Ed25519 keys are. */
export function isRawKey(text: string): boolean {
  return RAW.test(text)
}

export function generateDirectKey(): DirectKeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return { publicKey: raw(publicKey, 'x'), privateKey: raw(privateKey, 'd') }
}

/** The `pegel-signature` header: base64 of the signature over the key's bytes, then the value's. */
export function signRecord(privateKey: string, key: Uint8Array, value: Uint8Array): string {
  return sign(null, Buffer.concat([key, value]), privateKeyOf(privateKey)).toString('base64')
}

/** A verifier of one public key. Throws tenancyErrors.bad_direct_key when the text is no Ed25519 public key. */
export function createVerifier(
  publicKey: string,
): (signature: Uint8Array, key: Uint8Array, value: Uint8Array) => boolean {
  const object = publicKeyOf(publicKey)
  return (signature, key, value) =>
    signature.byteLength === 64 && verify(null, Buffer.concat([key, value]), object, signature)
}

function raw(key: KeyObject, part: 'x' | 'd'): string {
  const text = key.export({ format: 'jwk' })[part] ?? ''
  return Buffer.from(text, 'base64url').toString('base64')
}

// A JWK needs x beside d, though d alone decides the key: PKCS #8 (RFC 8410) does without.
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

function privateKeyOf(text: string): KeyObject {
  if (!isRawKey(text)) throw tenancyErrors.bad_direct_key({ problem: 'not base64 of 32 bytes' })
  return createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, Buffer.from(text, 'base64')]),
    format: 'der',
    type: 'pkcs8',
  })
}

function publicKeyOf(text: string): KeyObject {
  if (!isRawKey(text)) throw tenancyErrors.bad_direct_key({ problem: 'not base64 of 32 bytes' })
  try {
    const x = Buffer.from(text, 'base64').toString('base64url')
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  } catch (error) {
    throw tenancyErrors.bad_direct_key({ problem: messageOf(error) }, error)
  }
}
