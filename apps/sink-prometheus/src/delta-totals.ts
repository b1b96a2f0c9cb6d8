import type { BatchSource } from '@pegel/contracts'
import { addExponential, packExponential, unpackExponential } from './exponential-total.ts'

/** Shape of totals of exponential histograms, whose buckets move. */
export const EXPONENTIAL = 'exponential_histogram'

/** How far the records of one ingest partition were added to a total. */
export interface Mark {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly part: number
}

/** The running total of one delta series: a number, or count, sum and buckets of a histogram. */
export interface Total {
  readonly tenant: string
  /** The series' fingerprint, hex, and a digest of its whole identity: equal fingerprints never merge two series. */
  readonly fingerprint: string
  readonly digest: string
  /** What the values mean, for example a histogram's bounds; another shape starts a new total. */
  shape: string
  values: number[]
  lastTimeMs: number
  lastTimeNs: number
  marks: Mark[]
}

/** The values after this increment; or that it was added before; or that it comes too late to be added at its place. */
export type Accumulated = readonly number[] | 'applied' | 'out_of_order'

export interface Increment {
  readonly timeMs: number
  readonly timeNs: number
  readonly shape: string
  readonly values: readonly number[]
}

/**
 * Totals of delta series, in memory; least recently used ones go first. What a redelivered record brings was added before and is skipped:
 * each total knows how far it came in each ingest partition, which holds over restarts and over records that the enricher repeats.
 */
export class DeltaTotals {
  readonly #maxSeries: number
  readonly #totals = new Map<string, Total>()

  constructor(maxSeries: number) {
    this.#maxSeries = maxSeries
  }

  get size(): number {
    return this.#totals.size
  }

  /** Forgets everything and takes what was stored. */
  restore(totals: Iterable<Total>): void {
    this.#totals.clear()
    for (const total of totals) this.#totals.set(keyOf(total), total)
  }

  /** The total of a series, a new one when there is none; and those that had to go for it. */
  open(identity: Pick<Total, 'tenant' | 'fingerprint' | 'digest'>): {
    readonly total: Total
    readonly evicted: readonly Total[]
  } {
    const key = keyOf(identity)
    const known = this.#totals.get(key)
    const total = known?.digest === identity.digest ? known : fresh(identity)
    this.#totals.delete(key)
    this.#totals.set(key, total)
    return { total, evicted: this.#evict() }
  }

  #evict(): Total[] {
    const evicted: Total[] = []
    while (this.#totals.size > this.#maxSeries) {
      const [oldest] = this.#totals
      if (oldest === undefined) break
      this.#totals.delete(oldest[0])
      evicted.push(oldest[1])
    }
    return evicted
  }
}

/** Whether a record was added to this total already. */
export function isApplied(total: Total, source: BatchSource): boolean {
  const mark = total.marks.find(({ topic, partition }) => topic === source.topic && partition === source.partition)
  return (
    mark !== undefined && (mark.offset > source.offset || (mark.offset === source.offset && mark.part >= source.part))
  )
}

/** Notes that a record was added; to be called after its last increment. */
export function markApplied(total: Total, { topic, partition, offset, part }: BatchSource): void {
  total.marks = [
    ...total.marks.filter((mark) => mark.topic !== topic || mark.partition !== partition),
    { topic, partition, offset, part },
  ]
}

/** Adds one increment in time order. */
export function accumulate(total: Total, increment: Increment): Accumulated {
  const { timeMs, timeNs, shape, values } = increment
  if (total.values.length > 0 && !isLater(increment, total)) return 'out_of_order'
  total.values = shape === total.shape ? added(shape, total.values, values) : [...values]
  total.shape = shape
  total.lastTimeMs = timeMs
  total.lastTimeNs = timeNs
  return total.values
}

function added(shape: string, values: readonly number[], increment: readonly number[]): number[] {
  if (shape === EXPONENTIAL)
    return packExponential(addExponential(unpackExponential(values), unpackExponential(increment)))
  return increment.map((value, index) => value + (values[index] ?? 0))
}

function isLater(increment: Increment, total: Total): boolean {
  if (increment.timeMs !== total.lastTimeMs) return increment.timeMs > total.lastTimeMs
  return increment.timeNs > total.lastTimeNs
}

function keyOf({ tenant, fingerprint }: Pick<Total, 'tenant' | 'fingerprint'>): string {
  return `${tenant}/${fingerprint}`
}

function fresh({ tenant, fingerprint, digest }: Pick<Total, 'tenant' | 'fingerprint' | 'digest'>): Total {
  return { tenant, fingerprint, digest, shape: '', values: [], lastTimeMs: 0, lastTimeNs: 0, marks: [] }
}
