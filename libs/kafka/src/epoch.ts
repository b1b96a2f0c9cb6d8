import type { Committer } from './committer.ts'
import type { Fetcher } from './fetcher.ts'

/** One assignment: everything that must stop being used when it is gone. */
export interface Epoch {
  readonly number: number
  readonly fetcher: Fetcher
  readonly committer: Committer
}
