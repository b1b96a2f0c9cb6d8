import { at, singleAt } from '../numbers.ts'
import { EXPERTS } from './experts.ts'

/** What was learned fades by this with each outcome. */
const KEEP = 0.99
/** Errors below half of the usual one pull less than in proportion (a smoothed absolute error). */
const SOFT = 0.5
const MOST_REGRET = 4
const TINY = 1e-9
const CAUTION = Math.log(EXPERTS)

/**
 * Weights of experts by what following each would have gained (Bernstein online aggregation, Wintenberger 2017, for the absolute error): a mixture is soon
 * about as good as the best mixture in hindsight, without a setting.
 */
export class Mixture {
  readonly #gains = new Float64Array(EXPERTS)
  readonly #squares = new Float64Array(EXPERTS)
  readonly #most = new Float64Array(1)
  readonly #weights = new Float64Array(EXPERTS)
  #isStale = true

  get parts(): readonly Float64Array[] {
    return [this.#gains, this.#squares, this.#most]
  }

  /** @param says what the experts say, from the offset on */
  combine(says: Float32Array, offset: number): number {
    if (this.#isStale) this.#weigh()
    let sum = 0
    for (let expert = 0; expert < EXPERTS; expert++) sum += at(this.#weights, expert) * singleAt(says, offset + expert)
    return sum
  }

  /** What became of a forecast. @param scale the usual size of errors */
  learn(
    says: Float32Array,
    offset: number,
    { forecast, error, scale }: { forecast: number; error: number; scale: number },
  ): void {
    if (error === 0) return
    const pull = Math.min(Math.max(error / (scale * SOFT), -1), 1)
    let most = at(this.#most, 0) * KEEP
    for (let expert = 0; expert < EXPERTS; expert++) {
      const gain = (pull * (singleAt(says, offset + expert) - forecast)) / scale
      const cut = Math.min(Math.max(gain, -MOST_REGRET), MOST_REGRET)
      this.#gains[expert] = KEEP * at(this.#gains, expert) + cut
      this.#squares[expert] = KEEP * at(this.#squares, expert) + cut * cut
      most = Math.max(most, Math.abs(cut))
    }
    this.#most[0] = most
    this.#isStale = true
  }

  /** What follows from the numbers that were restored. */
  refresh(): void {
    this.#isStale = true
  }

  #weigh(): void {
    const weights = this.#weights
    let best = -Infinity
    for (let expert = 0; expert < EXPERTS; expert++) {
      const rate = this.#rate(expert)
      const weight = rate * (at(this.#gains, expert) - rate * at(this.#squares, expert))
      weights[expert] = weight
      best = Math.max(best, weight)
    }
    let total = 0
    for (let expert = 0; expert < EXPERTS; expert++) {
      const weight = this.#rate(expert) * Math.exp(at(weights, expert) - best)
      weights[expert] = weight
      total += weight
    }
    for (let expert = 0; expert < EXPERTS; expert++) weights[expert] = at(weights, expert) / total
    this.#isStale = false
  }

  #rate(expert: number): number {
    const cautious = Math.sqrt(CAUTION / (at(this.#squares, expert) + TINY))
    return Math.min(0.5 / Math.max(at(this.#most, 0), TINY), cautious)
  }
}
