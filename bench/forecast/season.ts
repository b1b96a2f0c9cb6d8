const HOUR_MS = 3_600_000
const HOURS_A_DAY = 24

/**
 * How much of a series its hour of the day explains: 1 - error / error, both mean absolute errors of the means of whole hours, of the median of the same hour
 * on the other days over that of the median of all. The largest twentieth of either error is left out, so that a few wild hours decide nothing.
 */
export function seasonStrength(timesMs: Float64Array, values: Float64Array): number {
  const hours = meansByHour(timesMs, values)
  const all = medianOf(hours.map(({ mean }) => mean))
  const byHour = Array.from({ length: HOURS_A_DAY }, (_, hour) =>
    hours.filter((each) => each.hour % HOURS_A_DAY === hour),
  )
  const own = hours.map((each) => {
    const others = (byHour[each.hour % HOURS_A_DAY] ?? []).filter((other) => other !== each)
    return Math.abs(each.mean - medianOf(others.map(({ mean }) => mean)))
  })
  const plain = hours.map(({ mean }) => Math.abs(mean - all))
  return 1 - trimmedMean(own) / trimmedMean(plain)
}

export function daysOf(timesMs: Float64Array): number {
  return ((timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0)) / (HOURS_A_DAY * HOUR_MS)
}

function meansByHour(timesMs: Float64Array, values: Float64Array): { hour: number; mean: number }[] {
  const sums = new Map<number, { sum: number; count: number }>()
  for (const [index, time] of timesMs.entries()) {
    const value = values[index] ?? NaN
    if (!Number.isFinite(value)) continue
    const hour = Math.floor(time / HOUR_MS)
    const { sum, count } = sums.get(hour) ?? { sum: 0, count: 0 }
    sums.set(hour, { sum: sum + value, count: count + 1 })
  }
  return [...sums].map(([hour, { sum, count }]) => ({ hour, mean: sum / count }))
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? NaN
}

function trimmedMean(errors: readonly number[]): number {
  const kept = errors
    .filter((error) => Number.isFinite(error))
    .sort((a, b) => a - b)
    .slice(0, Math.ceil(errors.length * 0.95))
  return kept.reduce((sum, error) => sum + error, 0) / kept.length
}
