import { createHash } from 'node:crypto'
import { encodeRecord } from '@pegel/contracts'
import type { AuditRecord } from '@pegel/contracts'

export const HASH_BYTES = 32
export const NO_HASH: Uint8Array = new Uint8Array(HASH_BYTES)

/**
 * An event as it goes into the topic. Its hash is that of the record's own bytes up to the hash, which is the last field: any program
 * can check it with SHA-256 alone, and no later schema can change what was hashed.
 */
export function sealAuditEvent(event: Omit<AuditRecord, 'hash'>): Buffer {
  const bytes = encodeRecord('AuditEvent', { ...event, hash: NO_HASH })
  bytes.set(auditHashOf(bytes), bytes.length - HASH_BYTES)
  return bytes
}

/** What the last 32 bytes of a sealed event must be. */
export function auditHashOf(sealed: Uint8Array): Buffer {
  return createHash('sha256')
    .update(sealed.subarray(0, sealed.length - HASH_BYTES))
    .digest()
}
