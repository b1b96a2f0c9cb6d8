import type { LedgerRow, SinkCounts } from '@pegel/contracts'
import { LedgerCell } from './ledger-cell.ts'
import type { CellSums, OpenPart } from './ledger-cell.ts'
import { NO_STATE, TenantTally } from './ledger-tally.ts'
import type { Reading, SinkState } from './ledger-tally.ts'
import { isBalanced } from './ledger-types.ts'
import type { LedgerPositions, MissingPart, SinkBalance, WindowBalance } from './ledger-types.ts'

export const WINDOW_MS = 60_000

export function startOfWindow(timeMs: number): number {
  return Math.floor(timeMs / WINDOW_MS) * WINDOW_MS
}

/** What the windows of one book have in common. */
export interface WindowBook {
  /** Names of the sinks that have a share. */
  readonly sinks: readonly string[]
  /** The sums of all windows, by tenant. */
  readonly totals: Map<string, TenantTally>
  /** The sums of windows that have expired, by tenant. */
  readonly gone: Map<string, TenantTally>
  readonly kept: { records: number }
}

/** What a judgement needs, and where it leaves what it finds. */
export interface Judgement {
  /** Everything appended before this time has been judged by the enricher, on every partition. */
  readonly endedMs: number
  readonly finished: LedgerPositions['finished']
  /** By sink and partition (`gapKey`): records that retention removed before the sink read them, and that nothing accounts for yet. */
  readonly gaps: Map<string, number>
  readonly missingParts: MissingPart[]
}

export function gapKey(sink: string, partition: number): string {
  return `${sink}/${partition}`
}

/** One minute of the ingest records' append time: its sums, and the records whose outcomes may still change. */
export class LedgerWindow implements CellSums {
  readonly startMs: number
  closed = false
  /** It holds no records any more though some were open: what its sums say is as old as that. */
  sealed = false
  readonly #book: WindowBook
  readonly #cells = new Map<string, LedgerCell>()
  /** By gateway and tenant. */
  readonly #unconfirmed = new Map<string, number>()
  /** Null once they are in the balance, from which they can be had again. */
  #tallies: Map<string, TenantTally> | null = new Map()
  /** As it was judged; undefined when something has come since. */
  #balance: WindowBalance | undefined
  #states: ReadonlyMap<string, readonly SinkState[]> = new Map()

  constructor(startMs: number, book: WindowBook) {
    this.startMs = startMs
    this.#book = book
  }

  get endMs(): number {
    return this.startMs + WINDOW_MS
  }

  get kept(): { records: number } {
    return this.#book.kept
  }

  cells(): readonly LedgerCell[] {
    return [...this.#cells.values()]
  }

  cell(topic: string, partition: number): LedgerCell | undefined {
    return this.#cells.get(`${topic}/${partition}`)
  }

  /** A row of the enricher. @returns true when its record is accounted for now and was not before */
  read(row: LedgerRow): boolean {
    const cell = this.#cellOf(row)
    if (!cell.read(row)) return false
    if (this.closed) {
      // Nobody knew of this record when the minute closed: the sinks have yet to come to it.
      this.closed = false
      cell.passed.fill(false)
    }
    return true
  }

  settle(sink: number, row: LedgerRow, isReplay: boolean): void {
    this.#cellOf(row).settle(sink, row, isReplay)
  }

  /** The points of a tenant that a gateway could not confirm in this minute so far. */
  unconfirm(gateway: string, tenant: string, points: number): void {
    const key = `${gateway}/${tenant}`
    const more = points - (this.#unconfirmed.get(key) ?? 0)
    this.#unconfirmed.set(key, points)
    for (const tally of this.#both(tenant)) tally.unconfirmed(more)
  }

  records(tenant: string, count: number): void {
    for (const tally of this.#both(tenant)) tally.records(count)
  }

  part(tenant: string, reading: Reading, sign: 1 | -1): void {
    for (const tally of this.#both(tenant)) tally.part(reading, sign)
  }

  outcome(tenant: string, sink: number, counts: SinkCounts, sign: 1 | -1): void {
    for (const tally of this.#both(tenant)) tally.outcome(sink, counts, sign)
  }

  latency(tenant: string, sink: number, latencyMs: number): void {
    for (const tally of this.#both(tenant)) tally.latency(sink, latencyMs)
  }

  /** Closes it when every sink has come past, and says what is missing. */
  judge(judgement: Judgement): WindowBalance {
    const hasEnded = this.endMs <= judgement.endedMs && !this.sealed
    if (!this.closed && hasEnded) this.#pass(judgement.finished)
    const isTroubled = hasEnded && [...this.#cells.values()].some((cell) => cell.isTroubled)
    if (this.#balance !== undefined && !isTroubled) return this.#balance
    this.#thaw()
    this.#states = this.sealed ? this.#atBest() : this.#find(isTroubled ? judgement : undefined)
    const balance = this.#render()
    if (isTroubled) return balance
    this.#balance = balance
    // A minute that has closed is its balance; a second form of it is needed only should a row come late.
    if (this.closed) this.#tallies = null
    return balance
  }

  /** What sums cannot tell, of the tenants that have any of it, by the index of the sink. */
  get states(): ReadonlyMap<string, readonly SinkState[]> {
    return this.#states
  }

  /** True while some record is kept. */
  get isKept(): boolean {
    return [...this.#cells.values()].some((cell) => cell.isKept)
  }

  /** Lets go of its records: what was under way remains so in its sums. */
  seal(): void {
    this.#thaw()
    for (const cell of this.#cells.values()) cell.abandon()
    this.sealed = true
    this.closed = false
  }

  /** Takes its sums out of the totals and lets go of its records. */
  expire(): void {
    const { totals, gone } = this.#book
    for (const cell of this.#cells.values()) cell.abandon()
    for (const [tenant, tally] of this.#thaw()) {
      const balance = tally.result()
      this.#tallyIn(totals, tenant).balance(balance, -1)
      this.#tallyIn(gone, tenant).balance(balance, 1)
    }
  }

  #pass(finished: LedgerPositions['finished']): void {
    const { sinks } = this.#book
    for (const cell of this.#cells.values()) {
      for (const [index, sink] of sinks.entries())
        if (finished.get(sink)?.has(cell.partition) === true) cell.passed[index] = true
    }
    this.closed = [...this.#cells.values()].every((cell) => cell.isSettled)
    if (!this.closed) return
    for (const cell of this.#cells.values()) cell.passed.fill(true)
    this.#balance = undefined
  }

  /** @param judgement undefined when nothing is missing */
  #find(judgement: Judgement | undefined): ReadonlyMap<string, readonly SinkState[]> {
    const found = new Map<string, readonly SinkState[]>()
    for (const cell of this.#cells.values()) {
      for (const part of cell.undelivered()) {
        const states = found.get(part.tenant) ?? this.#book.sinks.map(() => ({ ...NO_STATE }))
        found.set(part.tenant, states)
        const state = states[part.sink]
        if (state === undefined) continue
        state.oldestUndeliveredMs = Math.min(state.oldestUndeliveredMs ?? Infinity, part.appendTimeMs)
        if (judgement !== undefined && part.lacking !== 0 && cell.passed[part.sink] === true)
          this.#miss(cell, part, { state, judgement })
      }
    }
    return found
  }

  /** Without its records: what is under way has waited since some time in this minute. */
  #atBest(): ReadonlyMap<string, readonly SinkState[]> {
    const stateOf = ({ inFlight, parked }: SinkBalance): SinkState => ({
      ...NO_STATE,
      oldestUndeliveredMs: inFlight + parked > 0 ? this.startMs : null,
    })
    return new Map([...this.#thaw()].map(([tenant, tally]) => [tenant, tally.result().sinks.map(stateOf)]))
  }

  #miss(cell: LedgerCell, part: OpenPart, { state, judgement }: { state: SinkState; judgement: Judgement }): void {
    const { tenant, appendTimeMs, offset, lacking: points } = part
    const { topic, partition } = cell
    const sink = this.#book.sinks[part.sink] ?? ''
    const gap = judgement.gaps.get(gapKey(sink, partition)) ?? 0
    if (gap > 0 && points > 0) {
      judgement.gaps.set(gapKey(sink, partition), gap - 1)
      state.expired += points
      return
    }
    state.unbalanced += Math.abs(points)
    judgement.missingParts.push({ sink, tenant, topic, partition, offset, part: part.part, points, appendTimeMs })
  }

  #render(): WindowBalance {
    const tenants = [...(this.#tallies ?? [])]
      .filter(([, tally]) => tally.isKnown)
      .map(([tenant, tally]) => tally.result(this.#states.get(tenant)))
      .sort((a, b) => a.tenant.localeCompare(b.tenant))
    const { startMs, closed } = this
    return { startMs, closed, balanced: tenants.every(isBalanced), tenants }
  }

  #cellOf(row: LedgerRow): LedgerCell {
    const key = `${row.topic}/${row.partition}`
    const known = this.#cells.get(key)
    if (known !== undefined) return known
    const created = new LedgerCell(row, this.#book.sinks.length, this)
    this.#cells.set(key, created)
    return created
  }

  /** The sums of the tenant: of this minute, and of all. */
  #both(tenant: string): readonly TenantTally[] {
    return [this.#tallyIn(this.#thaw(), tenant), this.#tallyIn(this.#book.totals, tenant)]
  }

  #tallyIn(tallies: Map<string, TenantTally>, tenant: string): TenantTally {
    const tally = tallies.get(tenant) ?? new TenantTally(tenant, this.#book.sinks)
    tallies.set(tenant, tally)
    return tally
  }

  /** The sums as something that can be added to; the balance must be made again. */
  #thaw(): Map<string, TenantTally> {
    if (this.#tallies === null) {
      this.#tallies = new Map()
      for (const balance of this.#balance?.tenants ?? []) {
        const tally = new TenantTally(balance.tenant, this.#book.sinks)
        tally.balance(balance, 1)
        this.#tallies.set(balance.tenant, tally)
      }
    }
    this.#balance = undefined
    return this.#tallies
  }
}
