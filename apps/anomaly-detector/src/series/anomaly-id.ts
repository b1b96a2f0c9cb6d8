import { createHash } from 'node:crypto'
import type { WatchedIdentity } from '../watch/identity.ts'

export interface AnomalyKey extends Pick<WatchedIdentity, 'tenant' | 'fingerprint'> {
  readonly derived: string
  readonly kind: string
  readonly openedAtMs: number
}

/** The same for the same beginning, whoever finds it and however often. No part holds a NUL. */
export function anomalyId({ tenant, fingerprint, derived, kind, openedAtMs }: AnomalyKey): string {
  const text = [tenant, fingerprint, derived, kind, openedAtMs].join('\0')
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** Anomalies that begin together share it: it is that of the first. */
export function groupIdOf(firstId: string): string {
  return createHash('sha256').update(`group\0${firstId}`).digest('hex').slice(0, 32)
}
