import { createDistributionDrift } from '@pegel/detection'
import { median } from '../support/measure.ts'
import type { Random } from '../support/random.ts'
import { createRandom } from '../support/random.ts'

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

function histogram(random: Random, observations: number, factor: number): number[] {
  const counts = new Array<number>(BOUNDS.length + 1).fill(0)
  for (let index = 0; index < observations; index++) {
    const value = 0.1 * factor * Math.exp(random.normal())
    const bucket = BOUNDS.findIndex((bound) => value <= bound)
    const to = bucket === -1 ? BOUNDS.length : bucket
    counts[to] = (counts[to] ?? 0) + 1
  }
  return counts
}

/** Latencies (log-normal, of median 0.1 s) in Prometheus' default buckets: alarms while nothing changes, and updates until half as much again is found. */
export function measureDistributions(observations: number): { falseAlarms: number; updates: number; delay: number } {
  const [streams, before, after] = [10, 2000, 300]
  const delays: number[] = []
  let falseAlarms = 0
  for (let seed = 1; seed <= streams; seed++) {
    const random = createRandom(seed * 31)
    const drift = createDistributionDrift()
    for (let update = 0; update < before; update++)
      if (drift.update(histogram(random, observations, 1), BOUNDS).drift) falseAlarms++
    let delay = Infinity
    for (let update = 0; update < after && delay === Infinity; update++)
      if (drift.update(histogram(random, observations, 1.75), BOUNDS).drift) delay = update + 1
    delays.push(delay)
  }
  return { falseAlarms, updates: streams * before, delay: median(delays) }
}
