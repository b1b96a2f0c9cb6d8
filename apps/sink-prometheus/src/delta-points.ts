import { createHash } from 'node:crypto'
import { forEachRun, NO_RECORDED_VALUE } from '@pegel/contracts'
import type { MetricPoints, SeriesRun } from '@pegel/contracts'
import type { MetricRecord, ReplayNote } from '@pegel/pipeline'
import { accumulate, EXPONENTIAL, isApplied, markApplied } from './delta-totals.ts'
import type { Accumulated, DeltaTotals, Increment, Total } from './delta-totals.ts'
import { packExponential } from './exponential-total.ts'

/** A record's delta points made cumulative, and the totals that they were added to. */
export interface AccumulatedRecord {
  readonly values: ReadonlyMap<number, Accumulated>
  /** Totals by point index, so that a total is stored only once none of its points is open any more. */
  readonly totals: ReadonlyMap<number, Total>
  /** Totals that had to go to make room. */
  readonly evicted: readonly Total[]
  /** What the totals were before. */
  readonly before: ReadonlyMap<Total, Total>
}

const NOTHING: AccumulatedRecord = { values: new Map(), totals: new Map(), evicted: [], before: new Map() }

/** Adds each record's increments once, however often the record is tried. */
export class DeltaPoints {
  readonly #totals: DeltaTotals
  /** By the points themselves, which stay the same object through all attempts at a record and are another after a redelivery. */
  readonly #done = new WeakMap<MetricPoints, AccumulatedRecord>()

  constructor(totals: DeltaTotals) {
    this.#totals = totals
  }

  /** @param isDelta whether a run's series is one of increments */
  of(record: MetricRecord, isDelta: (run: SeriesRun) => boolean): AccumulatedRecord {
    const known = this.#done.get(record.points)
    if (known !== undefined) return known
    const runs = deltaRuns(record.points, isDelta)
    const { replayed } = record
    const accumulated =
      runs.length === 0 ? NOTHING : replayed === undefined ? this.#add(record, runs) : judged(record, runs, replayed)
    this.#done.set(record.points, accumulated)
    return accumulated
  }

  /** Of a record that has been added; undefined when it has no increments. */
  known(record: MetricRecord): AccumulatedRecord | undefined {
    return this.#done.get(record.points)
  }

  /** Takes the increments of records back that are given up, newest first: they come again as new objects. */
  undo(records: readonly MetricRecord[]): void {
    for (const { points } of records.toReversed()) {
      const accumulated = this.#done.get(points)
      this.#done.delete(points)
      for (const [total, former] of accumulated?.before ?? []) Object.assign(total, former)
    }
  }

  #add(record: MetricRecord, runs: readonly SeriesRun[]): AccumulatedRecord {
    const values = new Map<number, Accumulated>()
    const totals = new Map<number, Total>()
    const evicted: Total[] = []
    const before = new Map<Total, Total>()
    const fresh = new Set<Total>()
    for (const run of runs) {
      const opened = this.#totals.open({ tenant: record.envelope.tenant, ...identityOf(run) })
      evicted.push(...opened.evicted)
      const { total } = opened
      // A series may have several runs in a record: what the first one added must not hide the others.
      if (!before.has(total)) before.set(total, { ...total })
      const skip = !fresh.has(total) && isApplied(total, record.source)
      if (!skip) fresh.add(total)
      for (let point = run.first; point < run.first + run.count; point += 1) {
        const increment = incrementOf(record.points, point)
        totals.set(point, total)
        if (increment !== undefined) values.set(point, skip ? 'applied' : accumulate(total, increment))
      }
    }
    for (const total of fresh) markApplied(total, record.source)
    return { values, totals, evicted, before }
  }
}

/** Most records have none: no object is made for their runs. */
function deltaRuns(points: MetricPoints, isDelta: (run: SeriesRun) => boolean): readonly SeriesRun[] {
  let deltas = 0
  forEachRun(points, (run) => {
    if (isDelta(run)) deltas += 1
  })
  return deltas > 0 ? points.series.filter(isDelta) : []
}

/**
 * The increments of a replayed record. What was added to a total before is in every value since, so it is there; what was not cannot be added at
 * its place any more. Totals are left alone: they belong to the live records, which another process may hold.
 */
function judged(record: MetricRecord, runs: readonly SeriesRun[], { written, late }: ReplayNote): AccumulatedRecord {
  const values = new Map<number, Accumulated>()
  for (const run of runs) {
    for (let point = run.first; point < run.first + run.count; point += 1) {
      if (incrementOf(record.points, point) === undefined) continue
      values.set(point, written && !late.has(point) ? 'applied' : 'out_of_order')
    }
  }
  return { ...NOTHING, values }
}

/** Undefined for a staleness marker, which adds nothing. */
function incrementOf({ columns }: MetricPoints, point: number): Increment | undefined {
  if (((columns.flags[point] ?? 0) & NO_RECORDED_VALUE) !== 0) return undefined
  const time = { timeMs: columns.timeMs[point] ?? 0, timeNs: columns.timeNs[point] ?? 0 }
  const whole = columns.complex?.[point]
  if (whole === undefined) return { ...time, shape: 'number', values: [columns.value[point] ?? 0] }
  if (whole.kind === 'exponential_histogram')
    return { ...time, shape: EXPONENTIAL, values: packExponential({ ...whole, sum: whole.sum ?? 0 }) }
  if (whole.kind === 'summary') return { ...time, shape: whole.kind, values: [] }
  return { ...time, shape: whole.bounds.join(' '), values: [whole.count, whole.sum ?? 0, ...whole.counts] }
}

function identityOf(run: SeriesRun): Pick<Total, 'fingerprint' | 'digest'> {
  const hex = (half: number): string => half.toString(16).padStart(8, '0')
  const digest = createHash('sha256').update(run.group.block).update(run.block).digest('base64url').slice(0, 22)
  return { fingerprint: hex(run.fingerprintHi) + hex(run.fingerprintLo), digest }
}
