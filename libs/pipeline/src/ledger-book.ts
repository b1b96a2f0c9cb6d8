import type { LedgerEntry } from '@pegel/contracts'
import { LedgerFold } from './ledger-fold.ts'
import { foldLedger, WINDOW_MS } from './ledger-report.ts'
import type { LedgerPositions, MissingPart, OffsetRange, WindowBalance } from './ledger-types.ts'

/** All that a keeper of the books knows, as plain data: what questions are answered from. */
export interface LedgerSnapshot {
  readonly takenAtMs: number
  /** Windows that begin earlier are not in it. */
  readonly sinceMs: number
  /** Ascending. */
  readonly windows: readonly WindowBalance[]
  readonly missingRecords: readonly OffsetRange[]
  readonly missingParts: readonly MissingPart[]
  readonly waitingRecords: number
}

export interface LedgerBookOptions {
  /** Entries of records that were appended earlier are ignored, ms since the epoch. */
  readonly sinceMs: number
  /** How long closed windows are kept, ms. */
  readonly keepMs: number
  /** What is missing is named up to so many times; it is counted in the windows all the same. Default 1,000. */
  readonly maxMissing?: number
}

/**
 * Keeps the books open for ever in bounded memory: windows that have closed are kept as their sums, and the rows of their records are
 * let go. What a closed window holds is final, see `foldLedger`.
 */
export class LedgerBook {
  readonly #fold: LedgerFold
  readonly #options: LedgerBookOptions
  readonly #maxMissing: number
  #closed: WindowBalance[] = []
  #missingRecords: OffsetRange[] = []
  #missingParts: MissingPart[] = []
  #sinceMs: number

  constructor(options: LedgerBookOptions) {
    this.#options = options
    this.#sinceMs = options.sinceMs
    this.#maxMissing = options.maxMissing ?? 1000
    this.#fold = new LedgerFold(options.sinceMs)
  }

  add(entry: LedgerEntry): void {
    this.#fold.add(entry)
  }

  /** Judges what was added, closes what can be closed. The positions are as `foldLedger` wants them. */
  judge(positions: LedgerPositions, nowMs: number): LedgerSnapshot {
    const report = foldLedger(this.#fold, { positions, sinceMs: this.#sinceMs, nowMs })
    const open = report.windows.findIndex((window) => !window.closed)
    const closing = open === -1 ? report.windows : report.windows.slice(0, open)
    const windows = [...this.#closed, ...report.windows]
    const missingRecords = this.#bounded([...this.#missingRecords, ...report.missingRecords])
    const missingParts = this.#bounded([...this.#missingParts, ...report.missingParts])
    const last = closing.at(-1)
    if (last !== undefined) {
      const endMs = last.startMs + WINDOW_MS
      this.#closed.push(...closing)
      this.#missingRecords = missingRecords
      this.#missingParts = this.#bounded([
        ...this.#missingParts,
        ...report.missingParts.filter(({ appendTimeMs }) => appendTimeMs < endMs),
      ])
      this.#fold.forget(endMs)
    }
    this.#expire(nowMs - this.#options.keepMs)
    const { waitingRecords } = report
    return {
      ...{ takenAtMs: nowMs, sinceMs: this.#sinceMs, missingRecords, missingParts, waitingRecords },
      windows: windows.filter(({ startMs }) => startMs >= this.#sinceMs - WINDOW_MS),
    }
  }

  #bounded<T>(items: readonly T[]): T[] {
    return items.slice(-this.#maxMissing)
  }

  #expire(beforeMs: number): void {
    if (beforeMs <= this.#sinceMs) return
    this.#sinceMs = beforeMs
    this.#closed = this.#closed.filter(({ startMs }) => startMs + WINDOW_MS > beforeMs)
    this.#missingParts = this.#missingParts.filter(({ appendTimeMs }) => appendTimeMs >= beforeMs)
  }
}
