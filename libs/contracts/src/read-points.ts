import type { Exemplar, MetricPoints, PointColumns, SeriesRun } from './metric-batch.ts'
import { RUN } from './run-table.ts'
import type { RunTable } from './run-table.ts'
import { RunView } from './run-view.ts'
import type { GroupView } from './run-view.ts'

interface Parts {
  readonly groups: readonly GroupView[]
  readonly runs: RunTable
  readonly columns: PointColumns
  readonly exemplars: readonly Exemplar[]
}

/** The points of a batch that was read. */
export class ReadPoints implements MetricPoints {
  readonly columns: PointColumns
  readonly exemplars: readonly Exemplar[]
  readonly #groups: readonly GroupView[]
  readonly #runs: RunTable
  #series: readonly SeriesRun[] | undefined

  constructor({ groups, runs, columns, exemplars }: Parts) {
    this.#groups = groups
    this.#runs = runs
    this.columns = columns
    this.exemplars = exemplars
  }

  /** An object for each run, made when it is asked for; a hot loop takes forEachRun(). */
  get series(): readonly SeriesRun[] {
    return (this.#series ??= Array.from({ length: this.#runs.length }, (_none, index) => {
      const run = new RunView()
      this.#fill(run, index)
      return run
    }))
  }

  each(visit: (run: SeriesRun) => void): void {
    const run = new RunView()
    for (let index = 0; index < this.#runs.length; index += 1) {
      this.#fill(run, index)
      visit(run)
    }
  }

  /** Memory that only these points use. */
  memory(): readonly ArrayBuffer[] {
    return [this.columns.timeMs.buffer, this.#runs.ints.buffer].filter((buffer) => buffer instanceof ArrayBuffer)
  }

  #fill(run: RunView, index: number): void {
    const { ints, startMs } = this.#runs
    const at = this.#runs.at(index)
    const group = this.#groups[ints[at + RUN.group] ?? 0]
    if (group === undefined) throw new RangeError(`there is no run ${index}`)
    run.place(group, ints[at + RUN.start] ?? 0, ints[at + RUN.end] ?? 0)
    run.fingerprintHi = (ints[at + RUN.hi] ?? 0) >>> 0
    run.fingerprintLo = (ints[at + RUN.lo] ?? 0) >>> 0
    run.startTimeMs = startMs[index] ?? 0
    run.startTimeNs = ints[at + RUN.startNs] ?? 0
    run.first = ints[at + RUN.first] ?? 0
    run.count = ints[at + RUN.count] ?? 0
  }
}

/** Every run in order, without an object for each: what `visit` gets is valid until it returns. */
export function forEachRun(points: MetricPoints, visit: (run: SeriesRun) => void): void {
  if (points instanceof ReadPoints) points.each(visit)
  else points.series.forEach(visit)
}
