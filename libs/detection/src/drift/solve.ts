import { at } from '../numbers.ts'

const TINY = 1e-300

/** Solves matrix * x = values for a symmetric positive definite matrix by elimination; both are overwritten, `values` with x. */
export function solve(matrix: Float64Array, values: Float64Array): void {
  const size = values.length
  for (let row = 0; row < size; row++) {
    const pivot = Math.max(at(matrix, row * size + row), TINY)
    matrix[row * size + row] = pivot
    for (let below = row + 1; below < size; below++) {
      const factor = at(matrix, below * size + row) / pivot
      for (let column = row; column < size; column++)
        matrix[below * size + column] = at(matrix, below * size + column) - factor * at(matrix, row * size + column)
      values[below] = at(values, below) - factor * at(values, row)
    }
  }
  for (let row = size - 1; row >= 0; row--) {
    let value = at(values, row)
    for (let column = row + 1; column < size; column++) value -= at(matrix, row * size + column) * at(values, column)
    values[row] = value / at(matrix, row * size + row)
  }
}
