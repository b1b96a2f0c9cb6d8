import { createHash, randomBytes } from 'node:crypto'

/** Makes a key recognisable to people and to secret scanners. */
export const KEY_PREFIX = 'pgl_'

/** A new key: 256 random bits. Shown once, never stored; only its hash goes into a tenant file. */
export function generateKey(): string {
  return KEY_PREFIX + randomBytes(32).toString('base64url')
}

/**
 * What a tenant file holds of a key: the hex SHA-256 of its text, prefix included (`printf %s KEY | sha256sum`).
 * A plain hash is enough because a key has 256 bits of entropy: there is no dictionary to try.
 */
export function hashKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex')
}
