import { at } from '../numbers.ts'
import type { Borders } from './borders.ts'
import { HARMONICS } from './parameters.ts'
import { solve } from './solve.ts'
import type { Split } from './split-test.ts'

/** The amplitude that a season may have, in units of what is seen of it; the second harmonic a quarter of that. */
const AMPLITUDE = 1.5
const SECOND_PENALTY = 16

const matrix = new Float64Array(HARMONICS * HARMONICS)
const moments = new Float64Array(HARMONICS)
const solution = new Float64Array(HARMONICS)
const means = new Float64Array(HARMONICS)
const terms = new Float64Array(HARMONICS)

/**
 * How much of what a step explains a smooth daily season explains as well, 0 to 1 or more: on its first day a season is not known yet, and looks like a drift
 * but for not being sudden. A ridge regression on the buckets that the step was found in.
 * @param usual what amplitudes are measured by: the standard deviation of the series
 * @param noise variance of the stream's means, times rows
 */
export function shareOfSeason(
  borders: Borders,
  found: Split,
  { usual, noise }: { usual: number; noise: number },
): number {
  const { split, end, stream, step } = found
  const recent = at(borders.rows, split)
  const rows = at(borders.rows, end)
  const byStep = (step * step * recent * (rows - recent)) / rows
  const amplitude = AMPLITUDE * Math.max(usual, Math.abs(step))
  prepare(noise / (amplitude * amplitude))
  const mean = borders.mean(stream, 0, end)
  for (let index = 0; index < HARMONICS; index++) means[index] = borders.harmonic(index, 0, end)
  for (let border = 1; border <= end; border++) {
    const weight = at(borders.rows, border) - at(borders.rows, border - 1)
    gather(borders, border, weight, borders.mean(stream, border - 1, border) - mean)
  }
  solution.set(moments)
  solve(matrix, solution)
  let bySeason = 0
  for (let index = 0; index < HARMONICS; index++) bySeason += at(solution, index) * at(moments, index)
  return bySeason / byStep
}

function prepare(penalty: number): void {
  matrix.fill(0)
  moments.fill(0)
  for (let index = 0; index < HARMONICS; index++)
    matrix[index * HARMONICS + index] = index < 2 ? penalty : penalty * SECOND_PENALTY
}

function gather(borders: Borders, border: number, weight: number, off: number): void {
  for (let index = 0; index < HARMONICS; index++)
    terms[index] = borders.harmonic(index, border - 1, border) - at(means, index)
  for (let row = 0; row < HARMONICS; row++) {
    const weighted = weight * at(terms, row)
    moments[row] = at(moments, row) + weighted * off
    for (let column = 0; column < HARMONICS; column++)
      matrix[row * HARMONICS + column] = at(matrix, row * HARMONICS + column) + weighted * at(terms, column)
  }
}
