import type { ByteReader } from './avro/byte-reader.ts'
import { METRIC_KINDS, skipGroupBlock, skipSeriesBlock } from './blocks.ts'
import { readComplexPoint } from './complex-points-reader.ts'
import { readExemplars } from './exemplars-reader.ts'
import { GroupTimes } from './group-times.ts'
import { isLoneNumber, LONE_BYTES, LONE_VALUE_AT } from './lone-number.ts'
import type { Exemplar } from './metric-batch.ts'
import { ColumnsBuilder } from './point-columns.ts'
import { POINT_BRANCH } from './points-writer.ts'
import { ReadPoints } from './read-points.ts'
import { RUN, RunTable } from './run-table.ts'
import { GroupView } from './run-view.ts'

/** The least bytes of each: a bound on what a count may claim. */
export const GROUP_BYTES = 6
export const SERIES_BYTES = 18
export const NUMBER_BYTES = 10
export const COMPLEX_BYTES = 8

/** Branch of the union of points by kind's index. */
const BRANCHES = METRIC_KINDS.map((kind) => POINT_BRANCH[kind])

/** Reads the body of a clear batch: columns of points, and runs that know where their labels are. One pass, nothing parsed. */
export class PointsReader {
  readonly #in: ByteReader
  readonly #columns: ColumnsBuilder
  readonly #groups: GroupView[] = []
  readonly #runs = new RunTable()
  readonly #exemplars: Exemplar[] = []
  readonly #times = new GroupTimes()

  /** @param declared points that the envelope names */
  constructor(reader: ByteReader, declared: number) {
    this.#in = reader
    const possible = Math.floor((reader.end - reader.pos) / COMPLEX_BYTES)
    this.#columns = new ColumnsBuilder(Math.min(declared, possible))
  }

  /** @throws contracts.decode_failed */
  read(): ReadPoints {
    const reader = this.#in
    for (let count = reader.arrayBlock(GROUP_BYTES); count > 0; count = reader.arrayBlock(GROUP_BYTES)) {
      const { blockEnd } = reader
      for (let index = 0; index < count; index++) this.#group()
      reader.endBlock(blockEnd)
    }
    const columns = this.#columns.columns()
    return new ReadPoints({ groups: this.#groups, runs: this.#runs, columns, exemplars: this.#exemplars })
  }

  #group(): void {
    const reader = this.#in
    this.#times.readBase(reader)
    const start = reader.pos
    skipGroupBlock(reader)
    this.#groups.push(new GroupView(reader, start, reader.pos))
    for (let count = reader.arrayBlock(SERIES_BYTES); count > 0; count = reader.arrayBlock(SERIES_BYTES)) {
      const { blockEnd } = reader
      this.#runs.reserve(count)
      for (let index = 0; index < count; index++) this.#run()
      reader.endBlock(blockEnd)
    }
  }

  #run(): void {
    const reader = this.#in
    const { ints, startMs, length: index } = this.#runs
    const run = this.#runs.add()
    const at = reader.pos
    reader.skip(8)
    const kind = skipSeriesBlock(reader)
    ints[run + RUN.group] = this.#groups.length - 1
    ints[run + RUN.start] = at + 8
    ints[run + RUN.end] = reader.pos
    ints[run + RUN.hi] = reader.view.getInt32(at)
    ints[run + RUN.lo] = reader.view.getInt32(at + 4)
    const started = reader.byte()
    if (started === 2) {
      this.#times.readStart(reader)
      startMs[index] = this.#times.timeMs
      ints[run + RUN.startNs] = this.#times.timeNs
    } else if (started !== 0) reader.fail('an unknown union branch')
    const first = this.#columns.length
    ints[run + RUN.first] = first
    if (BRANCHES[kind] === 0 && isLoneNumber(reader)) {
      this.#loneNumber()
      ints[run + RUN.count] = 1
      return
    }
    const branch = reader.byte()
    if (branch !== (BRANCHES[kind] ?? 0) * 2) reader.fail('points of another kind than the series')
    if (branch === 0) this.#numbers()
    else this.#complexes(kind)
    const count = this.#columns.length - first
    ints[run + RUN.count] = count
    for (const exemplar of readExemplars(reader, this.#times, first, count)) this.#exemplars.push(exemplar)
  }

  #loneNumber(): void {
    const reader = this.#in
    const columns = this.#columns
    if (columns.length === columns.capacity) columns.grow()
    const at = columns.length++
    columns.timeMs[at] = this.#times.baseMs
    columns.timeNs[at] = this.#times.baseNs
    columns.value[at] = reader.view.getFloat64(reader.pos + LONE_VALUE_AT, true)
    reader.pos += LONE_BYTES
  }

  #numbers(): void {
    const reader = this.#in
    const columns = this.#columns
    const times = this.#times
    for (let count = reader.arrayBlock(NUMBER_BYTES); count > 0; count = reader.arrayBlock(NUMBER_BYTES)) {
      const { blockEnd } = reader
      while (columns.length + count > columns.capacity) columns.grow()
      for (let index = 0; index < count; index++) {
        times.read(reader)
        const at = columns.length++
        columns.timeMs[at] = times.timeMs
        columns.timeNs[at] = times.timeNs
        columns.value[at] = reader.double()
        columns.flags[at] = reader.int()
      }
      reader.endBlock(blockEnd)
    }
  }

  #complexes(kind: number): void {
    const reader = this.#in
    const columns = this.#columns
    const times = this.#times
    for (let count = reader.arrayBlock(COMPLEX_BYTES); count > 0; count = reader.arrayBlock(COMPLEX_BYTES)) {
      const { blockEnd } = reader
      while (columns.length + count > columns.capacity) columns.grow()
      for (let index = 0; index < count; index++) {
        times.read(reader)
        const at = columns.length++
        columns.timeMs[at] = times.timeMs
        columns.timeNs[at] = times.timeNs
        columns.value[at] = NaN
        columns.flags[at] = reader.int()
        columns.setComplex(at, readComplexPoint(reader, METRIC_KINDS[kind] ?? 'summary'))
      }
      reader.endBlock(blockEnd)
    }
  }
}
