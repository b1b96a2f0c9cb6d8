import { createPrivateKey, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A private key from the base64 of its 32 bytes. */
export function privateKeyOf(base64: string): KeyObject {
  const raw = Buffer.from(base64, 'base64')
  if (raw.length !== 32) throw new Error('DIRECT_PRIVATE_KEY must be base64 of the 32 bytes of an Ed25519 private key.')
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, raw]), format: 'der', type: 'pkcs8' })
}

/** The header `pegel-signature`: over the record's key, then its value. */
export function signatureOf(privateKey: KeyObject, key: Buffer, value: Buffer): string {
  return sign(null, Buffer.concat([key, value]), privateKey).toString('base64')
}
