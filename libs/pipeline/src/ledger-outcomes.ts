import { NO_COUNTS } from '@pegel/contracts'
import type { SinkCounts } from '@pegel/contracts'

/** What can become of a point at a sink. */
export const OUTCOMES = Object.keys(NO_COUNTS) as readonly (keyof SinkCounts)[]

/** What became of a part's points at a sink, added up. */
export function settledPoints(counts: SinkCounts): number {
  let sum = 0
  for (const key of OUTCOMES) sum += counts[key]
  return sum
}

/**
 * True when no later row can change these outcomes of a part: every point is stored, or judged in a way that sending it again does not
 * change. What is parked, dead-lettered or expired may still be delivered: by draining, or by a replay.
 */
export function isFinal(counts: SinkCounts, produced: number): boolean {
  return settledPoints(counts) === produced && counts.parked + counts.deadLettered + counts.expired === 0
}

/**
 * The outcomes of a part once a later row has come. The later one counts; but what had been delivered before and is found to be there now
 * remains delivered, and a part that had all its outcomes is not parked any more: a row that says so is late, of a member that lost the
 * partition, or of a crash.
 */
export function replaced(former: SinkCounts, later: SinkCounts): SinkCounts {
  if (later.parked > 0 && former.parked === 0 && settledPoints(former) >= settledPoints(later)) return former
  const storedBefore = former.delivered + former.alreadyPresent
  const stored = later.delivered + later.alreadyPresent
  const added = Math.min(later.delivered, Math.max(0, stored - storedBefore))
  const delivered = Math.min(stored, Math.max(later.delivered, former.delivered + added))
  return delivered === later.delivered ? later : { ...later, delivered, alreadyPresent: stored - delivered }
}
