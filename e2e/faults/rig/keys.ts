import { createHash, randomBytes } from 'node:crypto'

export function newKey(): { readonly key: string; readonly sha256: string } {
  const key = `pgl_${randomBytes(32).toString('base64url')}`
  return { key, sha256: createHash('sha256').update(key).digest('hex') }
}
