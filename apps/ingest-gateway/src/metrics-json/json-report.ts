import { adviceOf } from '../ingest/refusals.ts'
import type { RefusalReason } from '../ingest/refusals.ts'

/** Where a point stood: index in an array, or line of NDJSON. */
export type Place = { readonly index: number } | { readonly line: number }

export type Rejection = Place & {
  /** Reason of the refusal. */
  readonly code: RefusalReason
  readonly message: string
}

/** More are counted, not listed. */
const MAX_LISTED = 100

/** Which points of a body were refused, and why. */
export class JsonReport {
  readonly listed: Rejection[] = []

  refuse(place: Place, code: RefusalReason, message = adviceOf(code)): void {
    if (this.listed.length < MAX_LISTED) this.listed.push({ ...place, code, message })
  }
}
