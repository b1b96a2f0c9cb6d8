import type { Verdict } from './classify.ts'
import { tooOldLines, unparseableLines } from './refused-lines.ts'
import type { LineSheet } from './line-sheet.ts'

/** Told once for every line. */
export interface Booking {
  delivered(line: number): void
  rejected(line: number, reason: string, message: string): void
  retry(line: number): void
}

/** Why lines are left to be tried again. */
export type Halt = Extract<Verdict, { kind: 'missing' | 'denied' | 'retry' }>

export interface DeliverOptions {
  readonly sheet: LineSheet
  readonly timeNs: (line: number) => bigint
  /** Told lines of the sheet, ascending. */
  readonly send: (lines: readonly number[]) => Promise<Verdict>
  readonly booking: Booking
  readonly maxLines: number
  readonly maxBytes: number
  /** A write that refuses line after line gives up after so many requests; what it settled is not sent again. */
  readonly maxRequests: number
}

/**
 * Sends all lines and books each of them. A line counts as delivered only when a request that had it was answered 204, or
 * refused nothing but points that are too old. A request with other refusals is halved until they stand alone: sending a line again is harmless, it overwrites itself.
 * Returns why it stopped early, if it did.
 */
export async function deliver(options: DeliverOptions): Promise<Halt | undefined> {
  const { booking, maxRequests } = options
  const open = requestsFor(options)
  for (let request = 0; ; request += 1) {
    const lines = open.at(-1)
    if (lines === undefined) return undefined
    const verdict: Verdict =
      request < maxRequests
        ? await options.send(lines)
        : { kind: 'retry', afterMs: 0, message: `more than ${maxRequests} requests` }
    if (verdict.kind === 'missing' || verdict.kind === 'denied' || verdict.kind === 'retry') {
      for (const line of open.flat()) booking.retry(line)
      return verdict
    }
    open.pop()
    open.push(...settle(lines, verdict, options))
  }
}

type Lines = readonly number[]

/** The last is the next to be sent. */
function requestsFor({ sheet, maxLines, maxBytes }: DeliverOptions): Lines[] {
  const requests: Lines[] = []
  for (let from = 0; from < sheet.length;) {
    const to = sheet.cut(from, maxLines, maxBytes)
    const lines: number[] = []
    for (let line = from; line < to; line += 1) lines.push(line)
    requests.push(lines)
    from = to
  }
  return requests.reverse()
}

/** Books what is known of a request's lines after its answer, and returns those that have to be sent once more, last first. */
function settle(lines: Lines, verdict: Exclude<Verdict, Halt>, options: DeliverOptions): Lines[] {
  const { booking, sheet } = options
  switch (verdict.kind) {
    case 'written':
      return book(lines, new Set(), verdict, booking)
    case 'too_old':
      return book(lines, tooOldLines(lines, verdict.dropped, options.timeNs), verdict, booking)
    case 'unparseable': {
      const refused = unparseableLines(lines, verdict.lines, sheet)
      if (refused.size === 0) return halved(lines, verdict, booking)
      for (const line of refused) booking.rejected(line, reasonOf(verdict), verdict.message)
      const rest = lines.filter((line) => !refused.has(line))
      return rest.length === 0 ? [] : [rest]
    }
    case 'refused':
      return verdict.dropped === lines.length
        ? book(lines, new Set(lines), verdict, booking)
        : halved(lines, verdict, booking)
    case 'too_large':
      return halved(lines, verdict, booking)
  }
}

type Refusal = Exclude<Verdict, Halt | { kind: 'written' }>

function book(lines: Lines, refused: ReadonlySet<number>, verdict: Exclude<Verdict, Halt>, booking: Booking): [] {
  for (const line of lines) {
    if (verdict.kind !== 'written' && refused.has(line)) booking.rejected(line, reasonOf(verdict), messageOf(verdict))
    else booking.delivered(line)
  }
  return []
}

function halved(lines: Lines, verdict: Refusal, booking: Booking): Lines[] {
  if (lines.length === 1) return book(lines, new Set(lines), verdict, booking)
  const middle = lines.length >>> 1
  return [lines.slice(middle), lines.slice(0, middle)]
}

function reasonOf(verdict: Refusal): string {
  switch (verdict.kind) {
    case 'too_old':
      return 'beyond_retention'
    case 'unparseable':
      return 'line_unparseable'
    case 'refused':
      return verdict.reason
    case 'too_large':
      return 'too_large'
  }
}

function messageOf(verdict: Refusal): string {
  return verdict.kind === 'too_large' ? 'InfluxDB takes no request of this size (413).' : verdict.message
}
