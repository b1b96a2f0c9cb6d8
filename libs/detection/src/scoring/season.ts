import { BINS_PER_TAIL } from './slab.ts'
import { tailSurprise } from './tail.ts'

const HOUR_MS = 3_600_000
const DAY_HOURS = 24
const WEEK_HOURS = 168
/** 1 January 1970 was a Thursday; weeks begin on Monday. */
const FIRST_HOUR_OF_EPOCH = 3 * DAY_HOURS
const BUCKETS = DAY_HOURS + WEEK_HOURS
/** Visits of an hour before it is relied on. */
const KNOWN_AFTER = 3
/** The share that the latest visit keeps at least, so that a season may change. */
const LEAST_STEP = 0.15
/** Deviations from the hour's mean that its range reaches to; nearer ones are never off season. */
const RANGE = 3
/** Of the overall spread: an hour that has always had one value is not surprised by a little of another. */
const LEAST_SPREAD = 0.05

/** Floats: the histogram's four, what the current hour has gathered, then means and deviations by hour of the day and by hour of the week. */
const HOUR = 4
const SUM = 5
const SQUARES = 6
const POINTS = 7
const MEANS = 8
const DEVIATIONS = MEANS + BUCKETS
const FLOATS = DEVIATIONS + BUCKETS

const settings = { floatsAt: 0, wordsAt: 0, weight: 1, memory: 2000, haste: 1, warmUp: 200 }

/** What an hour of the day, and an hour of the week once it has been seen often enough, is usually like. UTC. */
export class Season {
  readonly buffer = new ArrayBuffer(FLOATS * 4 + BINS_PER_TAIL * 2 + BUCKETS)
  readonly floats = new Float32Array(this.buffer, 0, FLOATS)
  readonly words = new Uint16Array(this.buffer, FLOATS * 4, BINS_PER_TAIL)
  readonly visits = new Uint8Array(this.buffer, FLOATS * 4 + BINS_PER_TAIL * 2)
  readonly f = 0
  readonly w = 0
  /** Of the point last seen, relative to the anchor; NaN while its hour is not known. */
  expected = NaN
  spread = NaN

  /** What the point's hour expects, before it is learned. Returns the surprise; `overall` is the series' own spread. */
  update(timestampMs: number, value: number, overall: number): number {
    const hour = Math.floor(timestampMs / HOUR_MS) + FIRST_HOUR_OF_EPOCH
    if (hour !== this.#gathering()) this.#turn(hour)
    const bucket = this.#known(hour)
    this.expected = bucket < 0 ? NaN : (this.floats[MEANS + bucket] ?? NaN)
    const spread = Math.max(this.floats[DEVIATIONS + bucket] ?? 0, overall * LEAST_SPREAD)
    this.spread = bucket < 0 ? NaN : spread
    this.floats[SUM] = (this.floats[SUM] ?? 0) + value
    this.floats[SQUARES] = (this.floats[SQUARES] ?? 0) + value * value
    this.floats[POINTS] = (this.floats[POINTS] ?? 0) + 1
    if (bucket < 0 || spread === 0) return 0
    const off = Math.abs(value - this.expected) / spread
    const surprise = tailSurprise(this, settings, off)
    return off < RANGE ? 0 : surprise
  }

  get lower(): number {
    return this.expected - RANGE * this.spread
  }

  get upper(): number {
    return this.expected + RANGE * this.spread
  }

  #gathering(): number {
    return this.floats[HOUR] ?? 0
  }

  /** Learns the hour that is over. */
  #turn(hour: number): void {
    const points = this.floats[POINTS] ?? 0
    if (points > 0) {
      const mean = (this.floats[SUM] ?? 0) / points
      const variance = Math.max(0, (this.floats[SQUARES] ?? 0) / points - mean * mean)
      const over = this.#gathering()
      this.#learn(over % DAY_HOURS, mean, variance)
      this.#learn(DAY_HOURS + (over % WEEK_HOURS), mean, variance)
    }
    this.floats[HOUR] = hour
    this.floats[SUM] = this.floats[SQUARES] = this.floats[POINTS] = 0
  }

  #learn(bucket: number, mean: number, variance: number): void {
    const visits = Math.min((this.visits[bucket] ?? 0) + 1, 255)
    this.visits[bucket] = visits
    const step = Math.max(1 / visits, LEAST_STEP)
    const was = this.floats[MEANS + bucket] ?? 0
    const moved = visits === 1 ? 0 : mean - was
    const deviation = this.floats[DEVIATIONS + bucket] ?? 0
    this.floats[MEANS + bucket] = was + (mean - was) * step
    this.floats[DEVIATIONS + bucket] = deviation + (Math.sqrt(variance + moved * moved) - deviation) * step
  }

  /** The bucket to rely on, -1 for none. */
  #known(hour: number): number {
    const ofWeek = DAY_HOURS + (hour % WEEK_HOURS)
    if ((this.visits[ofWeek] ?? 0) >= KNOWN_AFTER) return ofWeek
    return (this.visits[hour % DAY_HOURS] ?? 0) >= KNOWN_AFTER ? hour % DAY_HOURS : -1
  }
}
