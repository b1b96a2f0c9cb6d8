/** The series that one tenant sends: every request has `times` points of each. */
export interface Shape {
  readonly metrics: readonly string[]
  readonly hosts: readonly string[]
  /** Points of a series in one request. */
  readonly times: number
  /** Between two points of a series, ms. */
  readonly stepMs: number
}

/** What scenarios send unless they say otherwise: 200 points a request, 25 documents for Elasticsearch. */
export const SMALL: Shape = { metrics: names(8), hosts: hosts(5), times: 5, stepMs: 10 }

export function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `fault_m${index}`)
}

export function hosts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `h${index}`)
}

export function pointsOf({ metrics, hosts: all, times }: Shape): number {
  return metrics.length * all.length * times
}

const PER_TENANT = 1_000_000_000
const PER_SERIES = 1_000_000

/**
 * The number of a point: no two points of a suite have the same, and it says whose it is. Sums of as many as a series has
 * stay below 2^53, so that they are exact.
 * @param series index of metric times hosts, plus index of host; below 1,000
 * @param time count of the points of this series before it; below a million
 */
export function numberOf(ordinal: number, series: number, time: number): number {
  return ordinal * PER_TENANT + series * PER_SERIES + time
}

export interface Decoded {
  readonly ordinal: number
  readonly series: number
  readonly time: number
}

export function decode(number: number): Decoded {
  const ordinal = Math.floor(number / PER_TENANT)
  const rest = number - ordinal * PER_TENANT
  return { ordinal, series: Math.floor(rest / PER_SERIES), time: rest % PER_SERIES }
}
