import type { Outcome, Rejection } from '@pegel/pipeline'

/** An outcome in the making. */
export interface OutcomeDraft extends Outcome {
  delivered: number
  alreadyPresent: number
  unsupported: number
  collapsed: number
  readonly rejected: Rejection[]
  readonly retry: number[]
}

export function newDraft(): OutcomeDraft {
  return { delivered: 0, alreadyPresent: 0, unsupported: 0, collapsed: 0, collided: 0, rejected: [], retry: [] }
}
