import { detectionErrors } from '../errors.ts'
import { at, packNumbers, unpackNumbers } from '../numbers.ts'
import type { Comparison } from './compare-distributions.ts'
import { compareDistributions, sum } from './compare-distributions.ts'
import type { DistributionDrift, DistributionDriftOptions, DistributionVerdict } from './distribution-drift.ts'

const FORMAT = { kind: 3, version: 1 }
/** Bytes before the numbers. */
const HEADER = 8

const UPDATES = 0
const ACTIVE = 1
const AGE = 2
const STREAK = 3
const DISPERSION = 4
const LAST = 5
const LAST_NUMBERS = 7
const SIZE = LAST + LAST_NUMBERS

export const MOST_BUCKETS = 256
/** Observations that are enough to compare. */
const LEAST_OBSERVATIONS = 200
/** Verdicts in a row that make a drift. */
const CONFIRM = 3
/** A drift is over when both measures are below this part of their cut-offs. */
const BACK = 0.5
/** How much more than by chance recent and usual differ is learned over so many updates; one counts at most as many times the mean. */
const DISPERSION_MEMORY = 200
const MOST_DISPERSION = 4
const MOST_COUNT = 1e15

const comparison: Comparison = {
  psi: 0,
  ks: 0,
  bucket: 0,
  psiByChance: 0,
  ksByChance: 0,
  dispersion: 0,
  recentAbove: 0,
  usualAbove: 0,
}

export class SeriesDistributionDrift implements DistributionDrift {
  readonly #options: Required<DistributionDriftOptions>
  readonly #numbers = new Float64Array(SIZE)
  #bounds: Float64Array = new Float64Array(0)
  #recent: Float64Array = new Float64Array(1)
  #usual: Float64Array = new Float64Array(1)

  constructor(options: Required<DistributionDriftOptions>) {
    this.#options = options
    this.#numbers[DISPERSION] = 1
  }

  update(counts: ArrayLike<number>, bounds: ArrayLike<number>): DistributionVerdict {
    if (!isHistogram(counts, bounds)) return this.#verdict(false, false)
    if (!this.#hasBounds(bounds)) this.#begin(bounds)
    this.#take(counts)
    if (!this.#isReady) return this.#verdict(false, false)
    this.#compare()
    return this.#judge()
  }

  explain(): string {
    if (!this.#isReady) return ''
    const [psi, psiCutOff, ks, ksCutOff, bucket, recent, usual] = this.#numbers.subarray(LAST)
    const bound = at(this.#bounds, bucket ?? 0)
    const measures = `PSI ${fixed(psi)}, cut-off ${fixed(psiCutOff)}; KS ${fixed(ks)}, cut-off ${fixed(ksCutOff)}`
    return `${percent(recent)} above ${Number(bound.toPrecision(4))}, usually ${percent(usual)} (${measures})`
  }

  save(): Uint8Array {
    return packNumbers(FORMAT, this.#parts())
  }

  /** Throws detectionErrors.bad_state; this must not be used then. */
  load(bytes: Uint8Array): void {
    const buckets = ((bytes.length - HEADER) / 8 - SIZE + 1) / 3
    if (!Number.isInteger(buckets) || buckets < 1 || buckets > MOST_BUCKETS)
      throw detectionErrors.bad_state({ problem: `${bytes.length} bytes are none of a distribution` })
    this.#resize(buckets)
    unpackNumbers(FORMAT, bytes, this.#parts())
  }

  get #isReady(): boolean {
    const enough = Math.min(sum(this.#recent), sum(this.#usual)) >= LEAST_OBSERVATIONS
    return enough && at(this.#numbers, UPDATES) > 2 * this.#options.recentUpdates
  }

  #parts(): readonly Float64Array[] {
    return [this.#numbers, this.#bounds, this.#recent, this.#usual]
  }

  #resize(buckets: number): void {
    this.#bounds = new Float64Array(buckets - 1)
    this.#recent = new Float64Array(buckets)
    this.#usual = new Float64Array(buckets)
  }

  #hasBounds(bounds: ArrayLike<number>): boolean {
    if (bounds.length !== this.#bounds.length || at(this.#numbers, UPDATES) === 0) return false
    for (let index = 0; index < bounds.length; index++) if (bounds[index] !== this.#bounds[index]) return false
    return true
  }

  #begin(bounds: ArrayLike<number>): void {
    this.#resize(bounds.length + 1)
    this.#bounds.set(bounds)
    this.#numbers.fill(0)
    this.#numbers[DISPERSION] = 1
  }

  /** What leaves the recent observations joins the usual ones, unless there is a drift: an exponential window before another. */
  #take(counts: ArrayLike<number>): void {
    const { recentUpdates, referenceUpdates } = this.#options
    const leaving = 1 / recentUpdates
    const keep = 1 - 1 / referenceUpdates
    const learn = at(this.#numbers, ACTIVE) === 0
    for (let bucket = 0; bucket < this.#recent.length; bucket++) {
      const recent = at(this.#recent, bucket)
      if (learn) this.#usual[bucket] = at(this.#usual, bucket) * keep + recent * leaving
      this.#recent[bucket] = recent * (1 - leaving) + Math.min(counts[bucket] ?? 0, MOST_COUNT)
    }
    this.#numbers[UPDATES] = at(this.#numbers, UPDATES) + 1
  }

  #compare(): void {
    const numbers = this.#numbers
    compareDistributions(this.#recent, this.#usual, comparison)
    const { psi, ks, bucket, recentAbove, usualAbove } = comparison
    const dispersion = Math.max(at(numbers, DISPERSION), 1)
    const psiCutOff = Math.max(this.#options.minPsi, comparison.psiByChance * dispersion)
    const ksCutOff = Math.max(this.#options.minKs, comparison.ksByChance * Math.sqrt(dispersion))
    numbers.set([psi, psiCutOff, ks, ksCutOff, bucket, recentAbove, usualAbove], LAST)
    if (at(numbers, ACTIVE) === 1) return
    const seen = Math.min(comparison.dispersion, MOST_DISPERSION * dispersion)
    numbers[DISPERSION] = at(numbers, DISPERSION) + (seen - at(numbers, DISPERSION)) / DISPERSION_MEMORY
  }

  #judge(): DistributionVerdict {
    const numbers = this.#numbers
    const [psi = 0, psiCutOff = 0, ks = 0, ksCutOff = 0] = numbers.subarray(LAST)
    if (at(numbers, ACTIVE) === 0) {
      numbers[STREAK] = psi > psiCutOff || ks > ksCutOff ? at(numbers, STREAK) + 1 : 0
      if (at(numbers, STREAK) < CONFIRM) return this.#verdict(false, false)
      numbers.set([1, 0, 0], ACTIVE)
      return this.#verdict(true, false)
    }
    numbers[AGE] = at(numbers, AGE) + 1
    const isBack = psi < BACK * psiCutOff && ks < BACK * ksCutOff
    const isUsual = at(numbers, AGE) >= this.#options.acceptAfterUpdates
    if (!isBack && !isUsual) return this.#verdict(false, false)
    if (!isBack) this.#usual.set(this.#recent)
    numbers.set([0, 0, 0], ACTIVE)
    return this.#verdict(false, true)
  }

  #verdict(drift: boolean, resolved: boolean): DistributionVerdict {
    const [psi = 0, psiCutOff = 0, ks = 0, ksCutOff = 0] = this.#numbers.subarray(LAST)
    const active = at(this.#numbers, ACTIVE) === 1
    return { drift, resolved, active, ready: this.#isReady, psi, psiCutOff, ks, ksCutOff }
  }
}

function isHistogram(counts: ArrayLike<number>, bounds: ArrayLike<number>): boolean {
  if (counts.length !== bounds.length + 1 || counts.length > MOST_BUCKETS || counts.length < 2) return false
  for (let index = 0; index < counts.length; index++) {
    if (!((counts[index] ?? NaN) >= 0)) return false
    if (index > 0 && index < bounds.length && !((bounds[index - 1] ?? NaN) < (bounds[index] ?? NaN))) return false
  }
  return Number.isFinite(bounds[0]) && Number.isFinite(bounds[bounds.length - 1])
}

function percent(share = NaN): string {
  return `${Math.round(100 * share)} %`
}

function fixed(value = NaN): string {
  return value.toFixed(2)
}
