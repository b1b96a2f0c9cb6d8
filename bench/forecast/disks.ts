import type { Random } from '../support/random.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const START_MS = Date.UTC(2026, 0, 5)

/** One point of a simulated disk, in percent used. */
export interface DiskPoint {
  readonly timestampMs: number
  readonly used: number
  /** The disk got full with this point, and is cleaned next. */
  readonly isFull: boolean
}

export interface Filling {
  readonly name: string
  readonly intervalMs: number
  /** From empty to full. */
  readonly days: number
  /** By which part the pace differs from one filling to the next. */
  readonly varies: number
  /** By which part the pace differs over a day. */
  readonly daily: number
  /** Standard deviation of what is measured. */
  readonly noise: number
  /** A clean-up takes an hour instead of an instant. */
  readonly slowCleaning: boolean
  readonly fillings: number
}

/** Fills from about 25 % to 100 %, is cleaned, and fills again. */
export function* fillingDisk(random: Random, filling: Filling): Generator<DiskPoint> {
  const { intervalMs, days, varies, daily, noise, slowCleaning, fillings } = filling
  const pace = (): number => (75 / (days * DAY_MS)) * (1 + varies * (2 * random.uniform() - 1))
  let perMs = pace()
  let used = 20 + 10 * random.uniform()
  let cleaned = 0
  let toClean = 0
  for (let timestampMs = START_MS + random.uniform() * DAY_MS; cleaned < fillings; timestampMs += intervalMs) {
    const part = 1 + daily * Math.sin((2 * Math.PI * timestampMs) / DAY_MS)
    if (toClean > 0) {
      const now = slowCleaning ? Math.min(toClean, (75 * intervalMs) / HOUR_MS) : toClean
      used -= now
      toClean -= now
    } else used += perMs * part * intervalMs
    const isFull = toClean === 0 && used >= 100
    if (isFull) {
      cleaned++
      toClean = used - (20 + 10 * random.uniform())
      perMs = pace()
    }
    yield { timestampMs, used: Math.max(0, used + noise * random.normal()), isFull }
  }
}

export interface Cleaned {
  readonly name: string
  readonly intervalMs: number
  readonly lowest: number
  readonly highest: number
  readonly everyHours: number
  /** Standard deviation of where a clean-up begins. */
  readonly varies: number
  readonly noise: number
}

/** Grows to its usual height and is cleaned, for 30 days: it never fills. */
export function* cleanedDisk(random: Random, cleaned: Cleaned): Generator<DiskPoint> {
  const { intervalMs, lowest, highest, everyHours, varies, noise } = cleaned
  const start = START_MS + random.uniform() * DAY_MS
  let top = highest + varies * random.normal()
  let used = lowest + (top - lowest) * random.uniform()
  for (let timestampMs = start; timestampMs < start + 30 * DAY_MS; timestampMs += intervalMs) {
    used +=
      ((highest - lowest) / (everyHours * HOUR_MS)) *
      intervalMs *
      (1 + 0.3 * Math.sin((2 * Math.PI * timestampMs) / DAY_MS))
    if (used >= top) {
      used = lowest
      top = highest + varies * random.normal()
    }
    yield { timestampMs, used: Math.max(0, used + noise * random.normal()), isFull: false }
  }
}
