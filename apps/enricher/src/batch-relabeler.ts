import { buffers } from '@pegel/buffers'
import { RunCopier } from '@pegel/contracts'
import type { CopiedSeries, RunScanner } from '@pegel/contracts'
import { MAX_PART_BYTES } from './batch-rewriter.ts'
import type { Rewritten } from './batch-rewriter.ts'
import { Discards } from './discards.ts'
import type { ScopedOutcomes } from './series-outcomes.ts'

/** Exemplars of a run that are passed on without a look at the size of each: even the longest of them is below what a point may have. */
const MAX_EXEMPLAR_BYTES = 6 * 1024
/** A bound on how much larger than it is the rewriter may take a point that is no plain number to be. */
const COMPLEX_FACTOR = 16
/** Batches of one client differ by less. */
const SLACK = 1.05

export interface RelabelRequest {
  readonly runs: RunScanner
  /** Points that the envelope names. */
  readonly declared: number
  readonly outcomes: ScopedOutcomes
}

/** Gives the points of a batch that a gateway has checked other labels, without looking at more of a point than its time. */
export class BatchRelabeler {
  readonly #copier = new RunCopier(buffers.borrow)

  /**
   * Undefined for what the rewriter has to do: a batch that must be split, or has a
   * point that may be too large, or not as many points as it says.
   * @throws contracts.decode_failed
   */
  relabel({ runs, declared, outcomes }: RelabelRequest): Rewritten | undefined {
    const copier = this.#copier
    const discards = new Discards()
    copier.begin(Math.ceil(runs.bytes.length * outcomes.growth * SLACK))
    while (runs.nextGroup()) {
      const group = outcomes.group(runs.bytes.subarray(runs.groupAt, runs.groupEnd))
      copier.beginGroup(group.block)
      while (runs.nextRun()) {
        const outcome = outcomes.ofScanned(runs, group)
        runs.readPoints()
        if (outcome.discarded !== undefined) discards.add(outcome.discarded, runs.points)
        else if (isLarge(runs, outcome, group.block)) return undefined
        else copier.copy(runs, outcome)
      }
    }
    if (copier.sizeBytes > MAX_PART_BYTES || runs.totalPoints !== declared) return undefined
    outcomes.growth = copier.sizeBytes / runs.bytes.length
    const chunk = copier.end()
    return { chunks: chunk === undefined ? [] : [chunk], ...discards.lists() }
  }
}

function isLarge(runs: RunScanner, { blockBytes }: CopiedSeries, groupBlock: Uint8Array): boolean {
  if (runs.pointsEnd - runs.exemplarsAt > MAX_EXEMPLAR_BYTES) return true
  if (runs.branch === 0) return false
  return (runs.pointsEnd - runs.pointsAt) * COMPLEX_FACTOR + blockBytes + groupBlock.length > MAX_PART_BYTES
}
