import type { AlertRecord } from '@pegel/contracts'
import type { Alert } from './alert.ts'

/** `stale`: a repetition of what is known, or something about an occurrence that is over. */
export type Verdict = 'fires' | 'refreshed' | 'ends' | 'stale'

/**
 * What a record says about an alert that is known. Sources that repeat after a crash repeat occurrences, whose id and start are the
 * same; sources that tell again and again (Alertmanager) keep both while it fires; an occurrence that a person ended stays ended.
 */
export function judge(alert: Alert | undefined, record: AlertRecord): Verdict {
  const firing = record.status === 'firing'
  if (alert === undefined) return firing ? 'fires' : 'stale'
  const sameId = record.id === alert.id
  const over = !alert.firing || alert.heldUntilMs !== null
  if (!firing) return sameId && !over ? 'ends' : 'stale'
  if (sameId ? over && record.startsAtMs <= alert.startsAtMs : record.startsAtMs < alert.startsAtMs) return 'stale'
  return over ? 'fires' : 'refreshed'
}
