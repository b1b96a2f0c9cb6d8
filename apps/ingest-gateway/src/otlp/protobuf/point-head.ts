import type { SeriesLabels } from '../../ingest/labels.ts'
import type { CachedMetric, LabelCache } from './label-cache.ts'
import { WireReader } from '../../wire/wire-reader.ts'

const MILLION = 1_000_000

/**
 * What all kinds of data points have in common, gathered while the fields of one are read in any order. One object per decoder
 * that is used again for each point: nothing is allocated per point.
 */
export class PointHead {
  startMs = 0
  startNs = 0
  timeMs = 0
  timeNs = 0
  flags = 0
  /** Positions of the lengths of its exemplars. */
  readonly exemplars: number[] = []
  readonly #starts = new NanoTime()
  readonly #times = new NanoTime()
  #from = 0
  #to = 0
  /** Ranges of attributes that do not follow each other, as pairs; writers put them side by side. */
  readonly #scattered: number[] = []

  reset(): void {
    this.startMs = 0
    this.startNs = 0
    this.timeMs = 0
    this.timeNs = 0
    this.flags = 0
    this.#from = 0
    this.#to = 0
    if (this.exemplars.length > 0) this.exemplars.length = 0
    if (this.#scattered.length > 0) this.#scattered.length = 0
  }

  /** Reads the start time after its tag. */
  start(reader: WireReader): void {
    const start = this.#starts
    start.read(reader)
    this.startMs = start.ms
    this.startNs = start.ns
  }

  /** Reads the time after its tag. */
  time(reader: WireReader): void {
    const time = this.#times
    time.read(reader)
    this.timeMs = time.ms
    this.timeNs = time.ns
  }

  /** Reads the flags after their tag. */
  flagged(reader: WireReader): void {
    reader.varint()
    this.flags = reader.lo
  }

  /** Notes an attribute from its tag to its end, and moves on to there. */
  attribute(reader: WireReader, tagAt: number): void {
    const end = reader.lengthEnd()
    reader.pos = end
    if (this.#to !== tagAt && this.#to !== 0) {
      this.#scattered.push(this.#from, this.#to)
      this.#from = tagAt
    } else if (this.#to === 0) this.#from = tagAt
    this.#to = end
  }

  /** Notes an exemplar after its tag, and moves on behind it. */
  exemplar(reader: WireReader): void {
    this.exemplars.push(reader.pos)
    reader.pos = reader.lengthEnd()
  }

  series(reader: WireReader, cache: LabelCache, metric: CachedMetric): SeriesLabels {
    if (this.#scattered.length === 0) return cache.series(reader, metric, this.#from, this.#to)
    const ranges = [...this.#scattered, this.#from, this.#to]
    const parts: Buffer[] = []
    for (let index = 0; index < ranges.length; index += 2)
      parts.push(reader.bytes.subarray(ranges[index], ranges[index + 1]))
    const joined = Buffer.concat(parts)
    return cache.series(new WireReader(joined, reader.malformed), metric, 0, joined.length)
  }
}

/** A time as whole ms and the ns within; most points of a request have that of the one before, which is not divided again. */
class NanoTime {
  ms = 0
  ns = 0
  #lo = 0
  #hi = 0

  read(reader: WireReader): void {
    reader.fixed64()
    const { lo, hi } = reader
    if (lo === this.#lo && hi === this.#hi) return
    this.#lo = lo
    this.#hi = hi
    this.ms = wholeMs(reader)
    this.ns = restNs(reader, this.ms)
  }
}

/**
 * ns since the epoch in lo and hi → whole ms, exactly: 2^32 = 4294 * 10^6 + 967296, and the rest stays below 2^53.
 */
export function wholeMs({ hi, lo }: WireReader): number {
  return hi * 4294 + Math.floor((hi * 967_296 + lo) / MILLION)
}

/** The ns within that ms. */
export function restNs({ hi, lo }: WireReader, ms: number): number {
  return hi * 967_296 + lo - (ms - hi * 4294) * MILLION
}
