/** Slack and limit in standard deviations: about 30 false alarms in 100,000 normal rows. */
const SLACK = 0.5
const LIMIT = 7
const WARM_UP = 500

/** The peer: a plain two-sided CUSUM (Page 1954) around the mean of the first 500 rows, begun anew after each alarm. */
export class Cusum {
  #rows = 0
  #mean = 0
  #squares = 0
  #high = 0
  #low = 0

  /** True on an alarm. */
  update(value: number): boolean {
    if (this.#rows < WARM_UP) {
      this.#rows++
      const off = value - this.#mean
      this.#mean += off / this.#rows
      this.#squares += off * (value - this.#mean)
      return false
    }
    const deviation = (value - this.#mean) / Math.sqrt(this.#squares / (WARM_UP - 1))
    this.#high = Math.max(0, this.#high + deviation - SLACK)
    this.#low = Math.max(0, this.#low - deviation - SLACK)
    if (this.#high <= LIMIT && this.#low <= LIMIT) return false
    this.#rows = 0
    this.#mean = 0
    this.#squares = 0
    this.#high = 0
    this.#low = 0
    return true
  }
}
