import type { ByteReader } from './avro/byte-reader.ts'
import { METRIC_KINDS, readAttributes, skipGroupBlock, skipSeriesBlock } from './blocks.ts'
import { readComplexPoint } from './complex-points-reader.ts'
import type { Exemplar } from './metric-batch.ts'
import { ColumnsBuilder } from './point-columns.ts'
import { POINT_BRANCH } from './points-writer.ts'
import { ReadPoints } from './read-points.ts'
import { RUN, RunTable } from './run-table.ts'
import { GroupView } from './run-view.ts'

/** The least bytes of each: a bound on what a count may claim. */
const GROUP_BYTES = 6
const SERIES_BYTES = 18
const NUMBER_BYTES = 10
const COMPLEX_BYTES = 8
const EXEMPLAR_BYTES = 13
/** Time ranges as the writer's: beyond +-2^62 ns a difference could leave 64 bits. */
const MAX_NS = 1n << 62n
/** 2^52: below it, a sum of ns within a millisecond and a delta is exact as a double. */
const EXACT_NS = 4_503_599_627_370_496

/** Branch of the union of points by kind's index. */
const BRANCHES = METRIC_KINDS.map((kind) => POINT_BRANCH[kind])

/** Reads the body of a clear batch: columns of points, and runs that know where their labels are. One pass, nothing parsed. */
export class PointsReader {
  readonly #in: ByteReader
  readonly #columns: ColumnsBuilder
  readonly #groups: GroupView[] = []
  readonly #runs = new RunTable()
  readonly #exemplars: Exemplar[] = []
  #baseMs = 0
  #baseNs = 0
  #timeMs = 0
  #timeNs = 0

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
    const base = reader.bigLong()
    if (base > MAX_NS || base < -MAX_NS) reader.fail('a time beyond 2^62 ns')
    this.#baseMs = Number(base / 1_000_000n)
    this.#baseNs = Number(base % 1_000_000n)
    if (this.#baseNs < 0) {
      this.#baseMs -= 1
      this.#baseNs += 1_000_000
    }
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
      this.#time()
      startMs[index] = this.#timeMs
      ints[run + RUN.startNs] = this.#timeNs
    } else if (started !== 0) reader.fail('an unknown union branch')
    const branch = reader.byte()
    if (branch !== (BRANCHES[kind] ?? 0) * 2) reader.fail('points of another kind than the series')
    const first = this.#columns.length
    if (branch === 0) this.#numbers()
    else this.#complexes(kind)
    const count = this.#columns.length - first
    ints[run + RUN.first] = first
    ints[run + RUN.count] = count
    this.#exemplarsOf(first, count)
  }

  #numbers(): void {
    const reader = this.#in
    const columns = this.#columns
    for (let count = reader.arrayBlock(NUMBER_BYTES); count > 0; count = reader.arrayBlock(NUMBER_BYTES)) {
      const { blockEnd } = reader
      while (columns.length + count > columns.capacity) columns.grow()
      for (let index = 0; index < count; index++) {
        this.#time()
        const at = columns.length++
        columns.timeMs[at] = this.#timeMs
        columns.timeNs[at] = this.#timeNs
        columns.value[at] = reader.double()
        columns.flags[at] = reader.int()
      }
      reader.endBlock(blockEnd)
    }
  }

  #complexes(kind: number): void {
    const reader = this.#in
    const columns = this.#columns
    for (let count = reader.arrayBlock(COMPLEX_BYTES); count > 0; count = reader.arrayBlock(COMPLEX_BYTES)) {
      const { blockEnd } = reader
      while (columns.length + count > columns.capacity) columns.grow()
      for (let index = 0; index < count; index++) {
        this.#time()
        const at = columns.length++
        columns.timeMs[at] = this.#timeMs
        columns.timeNs[at] = this.#timeNs
        columns.value[at] = NaN
        columns.flags[at] = reader.int()
        columns.setComplex(at, readComplexPoint(reader, METRIC_KINDS[kind] ?? 'summary'))
      }
      reader.endBlock(blockEnd)
    }
  }

  #exemplarsOf(first: number, points: number): void {
    const reader = this.#in
    for (let count = reader.arrayBlock(EXEMPLAR_BYTES); count > 0; count = reader.arrayBlock(EXEMPLAR_BYTES)) {
      const { blockEnd } = reader
      for (let index = 0; index < count; index++) {
        const point = reader.int()
        if (point < 0 || point >= points) reader.fail('an exemplar of a point that is not there')
        this.#time()
        this.#exemplars.push({
          point: first + point,
          timeMs: this.#timeMs,
          timeNs: this.#timeNs,
          value: reader.double(),
          traceId: reader.lengthPrefixed().toString('hex'),
          spanId: reader.lengthPrefixed().toString('hex'),
          attributes: readAttributes(reader),
        })
      }
      reader.endBlock(blockEnd)
    }
  }

  /** Reads a delta into #timeMs and #timeNs. */
  #time(): void {
    const reader = this.#in
    const { pos } = reader
    if (pos < reader.end && reader.bytes[pos] === 0) {
      reader.pos = pos + 1
      this.#timeMs = this.#baseMs
      this.#timeNs = this.#baseNs
      return
    }
    const delta = reader.longOrNaN()
    if (delta > -EXACT_NS && delta < EXACT_NS) {
      const ns = this.#baseNs + delta
      const ms = Math.floor(ns / 1_000_000)
      this.#timeMs = this.#baseMs + ms
      this.#timeNs = ns - ms * 1_000_000
      return
    }
    reader.pos = pos
    this.#timeExact()
  }

  #timeExact(): void {
    const time = BigInt(this.#baseMs) * 1_000_000n + BigInt(this.#baseNs) + this.#in.bigLong()
    if (time > MAX_NS || time < -MAX_NS) this.#in.fail('a time beyond 2^62 ns')
    const ns = ((time % 1_000_000n) + 1_000_000n) % 1_000_000n
    this.#timeMs = Number((time - ns) / 1_000_000n)
    this.#timeNs = Number(ns)
  }
}
