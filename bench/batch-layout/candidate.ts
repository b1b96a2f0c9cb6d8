import type { Dataset } from './dataset.ts'

/** A way to lay out a batch, made for one dataset. */
export interface Candidate {
  readonly name: string
  encode(): Uint8Array
  /** To the form that a stage works on; gives the sum of all values, as a proof that they were read. */
  decode(bytes: Uint8Array): number
  /** The same for series that are all cached: labels are compared or skipped, not parsed. Null where labels must be parsed. */
  decodeCached: ((bytes: Uint8Array) => number) | null
}

export type MakeCandidate = (data: Dataset) => Candidate
