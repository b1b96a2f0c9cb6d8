import { at } from '../numbers.ts'
import type { Borders } from './borders.ts'
import { BLOCK_ROWS, HARMONICS, LEVEL, SPREAD } from './parameters.ts'
import type { Snapshots } from './snapshots.ts'

const LEAST_RECENT = 8
const LEAST_REFERENCE = 64
/** What is recent is compared with at most so many times its rows before it. */
const REFERENCE_RATIO = 16
/** Rows that show a smaller variance than before: fewer may be chance. */
const LEAST_CALM = 32
/** Sizes of surprises are skewed to the right, of a normal stream by 1, of those with heavier tails by more (Cornish-Fisher's correction). */
const SKEW = 1.5
/** What evidence of a change of variance is worth beside that of a level. */
const SPREAD_WORTH = 1 / 0.95
/** The least standard deviation of a row, as part of that of the whole series, season, wild rows and all. */
const LEAST_NOISE = 0.1
/** Of the least magnitude: an sd's change in terms of the mean size of a surprise. */
const SURPRISE_PER_SD = 0.6
/** How much more evidence rows need that depend on each other: what is known of their variance is then less sure. */
const DEPENDENT = 0.5

/** The place where a change is likeliest, as borders of the window: recent rows up to `split`, the reference from there to `end`. */
export interface Split {
  evidence: number
  stream: number
  split: number
  end: number
  /** Change of the stream's mean, season aside. */
  step: number
  /** Mean size of surprises after over before. */
  spreadRatio: number
}

interface Place {
  readonly split: number
  readonly end: number
  /** The least change of a level that counts. */
  readonly least: number
  /** The least variance of a row. */
  readonly noise: number
}

/** Holds every border of the window for the moment of a change (a generalised likelihood ratio test, with the variance of Scales). */
export class SplitTest {
  readonly best: Split = { evidence: 0, stream: LEVEL, split: 0, end: 0, step: 0, spreadRatio: 1 }
  readonly #demand = [1, 1]

  /** `least` is the least change of a level that counts, `wildSd` the standard deviation of all rows. The result is overwritten by the next run. */
  run(borders: Borders, snapshots: Snapshots, { least, wildSd }: { least: number; wildSd: number }): Split {
    const { best } = this
    best.evidence = 0
    this.#demand[LEVEL] = demand(snapshots, LEVEL)
    // Surprises are what is left of the values: they depend on each other where those do, less visibly.
    this.#demand[SPREAD] = Math.max(demand(snapshots, SPREAD), demand(snapshots, LEVEL))
    let end = 1
    for (let split = 1; split < borders.count; split++) {
      const recent = at(borders.rows, split)
      if (recent < LEAST_RECENT) continue
      const wanted = recent + Math.max(LEAST_REFERENCE, REFERENCE_RATIO * recent)
      if (end <= split) end = split + 1
      while (end < borders.count && at(borders.rows, end) < wanted) end++
      if (at(borders.rows, end) - recent < LEAST_REFERENCE) break
      this.#compare(borders, snapshots, { split, end, least, noise: (LEAST_NOISE * wildSd) ** 2 })
    }
    return best
  }

  /** Moves a change of level to the border that divides the window best (least squares): what an alarm needs to be sure is not where it came from. */
  refine(borders: Borders): void {
    const { best } = this
    if (best.stream !== LEVEL) return
    const rows = at(borders.rows, best.end)
    let most = 0
    for (let split = 1; split < best.end; split++) {
      const recent = at(borders.rows, split)
      const reference = rows - recent
      if (recent < LEAST_RECENT || reference < LEAST_REFERENCE) continue
      const step = borders.mean(LEVEL, 0, split) - borders.mean(LEVEL, split, best.end)
      const explained = (step * step * recent * reference) / rows
      if (explained <= most) continue
      most = explained
      best.split = split
      best.step = step
    }
  }

  #compare(borders: Borders, snapshots: Snapshots, where: Place): void {
    const { split, end, least } = where
    const surpriseBefore = borders.mean(SPREAD, split, end)
    const surpriseAfter = borders.mean(SPREAD, 0, split)
    const spreadRatio = surpriseBefore > 0 ? surpriseAfter / surpriseBefore : 1
    const spreadStep = surpriseAfter - surpriseBefore
    const step = borders.mean(LEVEL, 0, split) - borders.mean(LEVEL, split, end)
    let level = 0
    if (Math.abs(step) >= least) {
      const variance = varianceOfStep(borders, snapshots, LEVEL, where) * Math.max(1, spreadRatio * spreadRatio)
      level = variance > 0 ? (step * step) / (2 * variance) / (this.#demand[LEVEL] ?? 1) : 0
    }
    let spread = 0
    if (Math.abs(spreadStep) >= least * SURPRISE_PER_SD) {
      const variance = varianceOfStep(borders, snapshots, SPREAD, where)
      const rows = at(borders.rows, split)
      spread = (spreadEvidence(spreadStep, variance, rows) * SPREAD_WORTH) / (this.#demand[SPREAD] ?? 1)
    }
    const isLevel = level >= spread
    const evidence = isLevel ? level : spread
    if (!(evidence > this.best.evidence)) return
    Object.assign(this.best, { evidence, split, end, spreadRatio })
    this.best.stream = isLevel ? LEVEL : SPREAD
    this.best.step = isLevel ? step : spreadStep
  }
}

function spreadEvidence(step: number, variance: number, rows: number): number {
  if (!(variance > 0) || (step < 0 && rows < LEAST_CALM)) return 0
  const deviations = Math.abs(step) / Math.sqrt(variance)
  if (step < 0) return (deviations * deviations) / 2
  const corrected = Math.max(0, deviations - (SKEW / 6 / Math.sqrt(rows)) * (deviations * deviations - 1))
  return (corrected * corrected) / 2
}

/** Of the difference between the means on both sides of the border; with a season, that of what is not known about the season too. */
function varianceOfStep(borders: Borders, snapshots: Snapshots, stream: number, { split, end, noise }: Place): number {
  const recent = at(borders.rows, split)
  const reference = at(borders.rows, end) - recent
  const long = Math.max(snapshots.variance(stream, reference), noise)
  const short = Math.max(snapshots.variance(stream, recent), noise)
  const variance = short / recent + long / reference
  return snapshots.hasSeason(stream)
    ? variance + (seasonVariance(borders, snapshots, split, end) * long) / BLOCK_ROWS
    : variance
}

function seasonVariance(borders: Borders, snapshots: Snapshots, split: number, end: number): number {
  let variance = 0
  for (let row = 0; row < HARMONICS; row++) {
    const step = borders.harmonic(row, 0, split) - borders.harmonic(row, split, end)
    for (let column = 0; column < HARMONICS; column++) {
      const other = borders.harmonic(column, 0, split) - borders.harmonic(column, split, end)
      variance += step * other * snapshots.covariance(row, column)
    }
  }
  return variance
}

/** 1 for independent rows, up to 1.5 for rows with a season or whose means vary more than those of independent ones would. */
function demand(snapshots: Snapshots, stream: number): number {
  if (snapshots.hasSeason(stream)) return 1 + DEPENDENT
  const one = snapshots.variance(stream, BLOCK_ROWS)
  if (!(one > 0)) return 1
  const growth = snapshots.variance(stream, 4 * BLOCK_ROWS)
  return 1 + DEPENDENT * Math.min(1, Math.max(0, growth / one - 1.3))
}
