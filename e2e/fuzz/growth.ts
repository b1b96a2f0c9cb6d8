/** Resident memory that no service may exceed, MiB. */
const MAX_RESIDENT_MIB = 900
/** Of the time: until then caches fill, also with what nobody should send. */
const WARM_UP_SHARE = 0.4
/** Caches have bounds that minutes need not reach; what leaks by the request is more than this. */
const GROWTH_MIB = 32
const GROWTH_SHARE = 0.3

export interface Growth {
  /** MiB after a collection, by the straight line through all samples since the warm-up: at its beginning and its end. */
  readonly warmMib: number
  readonly endMib: number
  /** Most that was resident at any time, MiB. */
  readonly mostMib: number
  readonly problem?: string
}

/** @param live MiB after collections, at equal distances from the beginning to the end */
export function growthOf(live: readonly number[], mostMib: number): Growth {
  const [warmMib, endMib] = line(live.slice(Math.floor(live.length * WARM_UP_SHARE)))
  const sizes = { warmMib, endMib, mostMib }
  if (mostMib > MAX_RESIDENT_MIB)
    return { ...sizes, problem: `used ${mostMib.toFixed(0)} MiB, more than ${MAX_RESIDENT_MIB}` }
  if (endMib - warmMib <= Math.max(GROWTH_MIB, warmMib * GROWTH_SHARE)) return sizes
  return { ...sizes, problem: `holds ${endMib.toFixed(0)} MiB after a collection, ${warmMib.toFixed(0)} when warm` }
}

/** First and last value of the line by least squares. */
function line(values: readonly number[]): readonly [number, number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const middle = (values.length - 1) / 2
  const over = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0)
  const under = values.reduce((sum, _value, index) => sum + (index - middle) ** 2, 0)
  const slope = under === 0 ? 0 : over / under
  return [mean - slope * middle, mean + slope * middle]
}
