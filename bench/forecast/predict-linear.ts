const HOUR_MS = 3_600_000

/** The peer: Prometheus' predict_linear, a straight line by least squares over the points of the last hours. */
export class PredictLinear {
  readonly #rangeMs: number
  readonly #hours: number[] = []
  readonly #values: number[] = []
  #from = 0
  #startMs = NaN
  /** Over the points of the range, hours from the first point of all. */
  #sumX = 0
  #sumY = 0
  #sumXX = 0
  #sumXY = 0

  constructor(rangeMs: number) {
    this.#rangeMs = rangeMs
  }

  update(timestampMs: number, value: number): void {
    if (this.#hours.length === 0) this.#startMs = timestampMs
    const hours = (timestampMs - this.#startMs) / HOUR_MS
    this.#hours.push(hours)
    this.#values.push(value)
    this.#count(hours, value, 1)
    for (; (this.#hours[this.#from] ?? Infinity) <= hours - this.#rangeMs / HOUR_MS; this.#from++)
      this.#count(this.#hours[this.#from] ?? 0, this.#values[this.#from] ?? 0, -1)
  }

  /** The value so far after the last point; the last one where there are no two points in the range. */
  predict(horizonMs: number): number {
    const count = this.#hours.length - this.#from
    const spread = this.#sumXX - (this.#sumX * this.#sumX) / count
    if (count < 2 || !(spread > 0)) return this.#values.at(-1) ?? NaN
    const slope = (this.#sumXY - (this.#sumX * this.#sumY) / count) / spread
    const then = (this.#hours.at(-1) ?? 0) + horizonMs / HOUR_MS
    return this.#sumY / count + slope * (then - this.#sumX / count)
  }

  #count(hours: number, value: number, sign: 1 | -1): void {
    this.#sumX += sign * hours
    this.#sumY += sign * value
    this.#sumXX += sign * hours * hours
    this.#sumXY += sign * hours * value
  }
}
