import type { ByteReader } from './avro/byte-reader.ts'
import { METRIC_KINDS, skipGroupBlock, skipSeriesBlock } from './blocks.ts'
import { readComplexPoint } from './complex-points-reader.ts'
import { readExemplars } from './exemplars-reader.ts'
import { GroupTimes } from './group-times.ts'
import { isLoneNumber, LONE_BYTES } from './lone-number.ts'
import type { MetricKind } from './metric-batch.ts'
import { COMPLEX_BYTES, GROUP_BYTES, NUMBER_BYTES, SERIES_BYTES } from './points-reader.ts'
import { POINT_BRANCH } from './points-writer.ts'

/** Kinds by branch of the union of points; what is of branch 0 has no fields of its own. */
const KINDS: readonly MetricKind[] = ['gauge', 'histogram', 'exponential_histogram', 'summary']

/**
 * Walks over the body of a clear batch, run by run, and says where each lies: for whoever gives runs on as they are. It looks at every byte that
 * PointsReader looks at, and refuses what that refuses, but keeps no point. In turn: nextGroup(); nextRun(); skipSeries() or passSeries(); readPoints().
 */
export class RunScanner {
  readonly #in: ByteReader
  readonly #times = new GroupTimes()
  #groupsLeft = 0
  #groupsEnd = -1
  #runsLeft = 0
  #runsEnd = -1
  /** The group's base time, and its block, lie at [baseAt, groupAt) and [groupAt, groupEnd). */
  baseAt = 0
  groupAt = 0
  groupEnd = 0
  /** The series' block lies at [seriesAt, pointsAt), its start time, points and exemplars at [pointsAt, pointsEnd). */
  seriesAt = 0
  pointsAt = 0
  pointsEnd = 0
  /** Where the exemplars begin. */
  exemplarsAt = 0
  /** POINT_BRANCH of the series' kind. */
  branch = 0
  /** Of this run. */
  points = 0
  minTimeMs = 0
  maxTimeMs = 0
  /** Points of all runs so far. */
  totalPoints = 0

  constructor(reader: ByteReader) {
    this.#in = reader
  }

  get bytes(): Buffer {
    return this.#in.bytes
  }

  get view(): DataView {
    return this.#in.view
  }

  /** Moves into the next group; false at the end of the batch, which is the end of the record. @throws contracts.decode_failed */
  nextGroup(): boolean {
    const reader = this.#in
    if (this.#groupsLeft === 0) {
      reader.endBlock(this.#groupsEnd)
      this.#groupsLeft = reader.arrayBlock(GROUP_BYTES)
      this.#groupsEnd = reader.blockEnd
      if (this.#groupsLeft === 0) {
        reader.atEnd()
        return false
      }
    }
    this.#groupsLeft -= 1
    this.baseAt = reader.pos
    this.#times.readBase(reader)
    this.groupAt = reader.pos
    skipGroupBlock(reader)
    this.groupEnd = reader.pos
    this.#runsEnd = -1
    return true
  }

  /** Moves to the series of the group's next run; false at the end of the group. @throws contracts.decode_failed */
  nextRun(): boolean {
    const reader = this.#in
    if (this.#runsLeft === 0) {
      reader.endBlock(this.#runsEnd)
      this.#runsLeft = reader.arrayBlock(SERIES_BYTES)
      this.#runsEnd = reader.blockEnd
      if (this.#runsLeft === 0) return false
    }
    this.#runsLeft -= 1
    reader.skip(8)
    this.seriesAt = reader.pos
    return true
  }

  /** Moves over the series. @throws contracts.decode_failed */
  skipSeries(): void {
    const kind = METRIC_KINDS[skipSeriesBlock(this.#in)] ?? 'gauge'
    this.branch = POINT_BRANCH[kind]
    this.pointsAt = this.#in.pos
  }

  /** Moves over a series whose bytes are known. */
  passSeries(bytes: number, branch: number): void {
    this.#in.skip(bytes)
    this.branch = branch
    this.pointsAt = this.#in.pos
  }

  /** Moves over the points. @throws contracts.decode_failed */
  readPoints(): void {
    const reader = this.#in
    const started = reader.byte()
    if (started === 2) this.#times.readStart(reader)
    else if (started !== 0) reader.fail('an unknown union branch')
    if (this.branch === 0 && isLoneNumber(reader)) {
      this.#passLone()
      return
    }
    this.points = 0
    this.minTimeMs = Infinity
    this.maxTimeMs = -Infinity
    if (reader.byte() !== this.branch * 2) reader.fail('points of another kind than the series')
    if (this.branch === 0) this.#readNumbers()
    else this.#readComplexes(KINDS[this.branch] ?? 'summary')
    this.totalPoints += this.points
    this.exemplarsAt = reader.pos
    readExemplars(reader, this.#times, 0, this.points)
    this.pointsEnd = reader.pos
  }

  #passLone(): void {
    const reader = this.#in
    this.points = 1
    this.totalPoints += 1
    this.minTimeMs = this.maxTimeMs = this.#times.baseMs
    reader.pos += LONE_BYTES
    this.exemplarsAt = reader.pos - 1
    this.pointsEnd = reader.pos
  }

  #readNumbers(): void {
    const reader = this.#in
    for (let count = reader.arrayBlock(NUMBER_BYTES); count > 0; count = reader.arrayBlock(NUMBER_BYTES)) {
      const { blockEnd } = reader
      for (let index = 0; index < count; index++) {
        this.#readTime()
        reader.skip(8)
        reader.int()
      }
      this.points += count
      reader.endBlock(blockEnd)
    }
  }

  #readComplexes(kind: MetricKind): void {
    const reader = this.#in
    for (let count = reader.arrayBlock(COMPLEX_BYTES); count > 0; count = reader.arrayBlock(COMPLEX_BYTES)) {
      const { blockEnd } = reader
      for (let index = 0; index < count; index++) {
        this.#readTime()
        reader.int()
        readComplexPoint(reader, kind)
      }
      this.points += count
      reader.endBlock(blockEnd)
    }
  }

  #readTime(): void {
    this.#times.read(this.#in)
    const { timeMs } = this.#times
    if (timeMs < this.minTimeMs) this.minTimeMs = timeMs
    if (timeMs > this.maxTimeMs) this.maxTimeMs = timeMs
  }
}
