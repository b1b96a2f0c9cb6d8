import type { RefusalReason } from '../ingest/refusals.ts'

export interface LineRefusal {
  /** Counted from 1, in lines of the body. */
  readonly line: number
  readonly reason: RefusalReason
  /** What is wrong with it, where the reason does not say it all. */
  readonly problem?: string
}

/** More are counted, not listed: an answer shall not grow with what is wrong with the request. */
const MAX_LISTED = 20

/** What was refused of a body and where. */
export class LineReport {
  /** The first refused lines. A line stands here once, whatever of it was refused. */
  readonly listed: LineRefusal[] = []
  /** Lines of which something was refused, but for texts beside numbers. */
  refusedLines = 0
  /** Fields refused since they are texts, beside others that were taken. */
  textFields = 0

  /** @param lines that it is about, from the one that it names */
  refuse(refusal: LineRefusal, lines = 1): void {
    this.refusedLines += lines
    if (this.listed.length < MAX_LISTED) this.listed.push(refusal)
  }
}
