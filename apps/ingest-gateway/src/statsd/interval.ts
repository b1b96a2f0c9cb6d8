import type { RefusalReason } from '../ingest/refusals.ts'
import { GaugeMemory } from './gauge-memory.ts'
import { parseLine, parseTags } from './parse-line.ts'
import type { Sample } from './parse-line.ts'
import { Count, Level, Spread, Unique } from './series-state.ts'
import type { SeriesState, Total } from './series-state.ts'

/** What became of a line; the label `fate` of the metrics. */
export type Fate = 'taken' | 'event' | 'service_check' | RefusalReason

/** What came in one interval. */
export interface Interval {
  readonly startMs: number
  readonly series: readonly SeriesState[]
  readonly fates: ReadonlyMap<Fate, number>
  /** Of the datagrams, in characters. */
  readonly bytes: number
}

/**
 * Adds lines up until the interval is closed. Bounded: beyond `maxSeries` new series, and new members of sets, are refused until the
 * next interval begins.
 */
export class IntervalWriter {
  readonly #maxSeries: number
  readonly #gauges: GaugeMemory
  #startMs: number
  #series = new Map<string, SeriesState>()
  #fates = new Map<Fate, number>()
  #members = 0
  #bytes = 0

  constructor(maxSeries: number, startMs: number) {
    this.#maxSeries = maxSeries
    this.#gauges = new GaugeMemory(maxSeries)
    this.#startMs = startMs
  }

  /** Takes the lines of a datagram. */
  take(datagram: string): void {
    this.#bytes += datagram.length
    for (const line of datagram.split('\n')) {
      if (line.trim() === '') continue
      const fate = this.#takeLine(line)
      this.#fates.set(fate, (this.#fates.get(fate) ?? 0) + 1)
    }
  }

  /** What came since the last time; begins anew. */
  close(nowMs: number): Interval {
    const closed = {
      startMs: this.#startMs,
      series: [...this.#series.values()],
      fates: this.#fates,
      bytes: this.#bytes,
    }
    for (const [key, { type, total }] of this.#series) {
      const value = total.value()
      if (type === 'g' && typeof value === 'number') this.#gauges.set(key, value)
    }
    this.#startMs = nowMs
    this.#series = new Map()
    this.#fates = new Map()
    this.#members = 0
    this.#bytes = 0
    return closed
  }

  #takeLine(line: string): Fate {
    const parsed = parseLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    if (parsed.outcome === 'malformed') return 'line_malformed'
    if (parsed.outcome !== 'sample') return parsed.outcome
    if (parsed.type === 'c' && parsed.values.some((value) => Number(value) < 0)) return 'counter_negative'
    const state = this.#stateOf(parsed)
    if (state === undefined) return 'too_many_series'
    for (const value of parsed.values) this.#members += state.total.take(value, parsed.rate)
    return 'taken'
  }

  /** By the tags in any order; undefined when there is no room. */
  #stateOf({ name, type, tags, timestampS }: Sample): SeriesState | undefined {
    const attributes = parseTags(tags)
    const key = JSON.stringify([
      type,
      name,
      timestampS ?? null,
      ...attributes.flatMap((each) => [each.key, each.value]),
    ])
    const known = this.#series.get(key)
    if (known !== undefined && (type !== 's' || this.#members < this.#maxSeries)) return known
    if (this.#series.size + this.#members >= this.#maxSeries) return undefined
    const timeMs = timestampS === undefined ? undefined : timestampS * 1000
    const made = { name, type, attributes, timeMs, total: this.#total(type, key) }
    this.#series.set(key, made)
    return made
  }

  #total(type: Sample['type'], key: string): Total {
    if (type === 'c') return new Count()
    if (type === 's') return new Unique()
    return type === 'g' ? new Level(this.#gauges.get(key)) : new Spread()
  }
}
