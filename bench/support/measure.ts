/** Work to be measured: `run` does it once for `units` units, for example points. */
export interface Subject {
  readonly name: string
  readonly units: number
  run(): void
}

export interface MeasureOptions {
  readonly rounds: number
  /** CPU time of one subject in one round. */
  readonly roundMs: number
}

/** Long enough for the optimising compiler to be done with it. */
const WARM_UP_MS = 500

/**
 * Units per second of CPU time, by subject: the median of the rounds. Subjects take turns within a round, so that what else the
 * machine does falls on all of them; CPU time and not wall time, so that waiting for a core does not count.
 */
export function measureRates(subjects: readonly Subject[], options: MeasureOptions): ReadonlyMap<string, number> {
  const rates = new Map<string, number[]>(subjects.map(({ name }) => [name, []]))
  for (const subject of subjects) spend(subject, WARM_UP_MS)
  for (let round = 0; round < options.rounds; round++) {
    for (const subject of subjects) {
      rates.get(subject.name)?.push(spend(subject, options.roundMs))
    }
  }
  return new Map([...rates].map(([name, values]) => [name, median(values)]))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

function spend(subject: Subject, forMs: number): number {
  const before = process.cpuUsage()
  for (let times = 1; ; times++) {
    subject.run()
    const { user, system } = process.cpuUsage(before)
    const usedUs = user + system
    if (usedUs >= forMs * 1000) return (subject.units * times) / (usedUs / 1e6)
  }
}
