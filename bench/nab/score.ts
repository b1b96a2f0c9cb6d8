/** What a row and a window are worth, by profile of the Numenta Anomaly Benchmark v1.1. */
export const PROFILES = {
  standard: { hit: 1, miss: 1, falseRow: 0.11 },
  reward_low_FP_rate: { hit: 1, miss: 1, falseRow: 0.22 },
  reward_low_FN_rate: { hit: 1, miss: 2, falseRow: 0.11 },
} as const
export type Profile = keyof typeof PROFILES

/** The beginning of a series is for learning: a share of it, and no more rows than this. */
const PROBATION = 0.15
const PROBATION_ROWS = 750

/** Labelled windows: first and last timestamp of each. */
export type Windows = readonly (readonly [string, string])[]

/** A series with the scores of a detector, row by row. */
export interface Scored {
  readonly name: string
  readonly timestamps: readonly string[]
  readonly scores: ArrayLike<number>
  readonly windows: Windows
}

export interface Result {
  readonly raw: number
  /** 0 is a detector that never detects, 100 a perfect one; NaN when there is no window. */
  readonly score: number
  readonly hit: number
  readonly windows: number
  readonly falseRows: number
}

/** Scores of series at one threshold: a row is a detection from it on. Rows outside of windows cost each, a window is worth its best row. */
export function scoreAt(series: readonly Scored[], threshold: number, profile: Profile = 'standard'): Result {
  const { hit: gain, miss, falseRow } = PROFILES[profile]
  const total = { raw: 0, hit: 0, windows: 0, falseRows: 0 }
  for (const { timestamps, scores, windows } of series) {
    const { worth, windowOf } = rowWorth(timestamps, windows)
    const best = windows.map(() => NaN)
    for (let row = probationRows(timestamps.length); row < timestamps.length; row++) {
      if (!((scores[row] ?? NaN) >= threshold)) continue
      const window = windowOf[row] ?? -1
      const value = worth[row] ?? 0
      if (window === -1) {
        total.raw += falseRow * value
        total.falseRows += 1
      } else if (!((best[window] ?? NaN) >= value)) best[window] = value
    }
    for (const value of best) total.raw += Number.isNaN(value) ? -miss : Math.max(-miss, gain * value)
    total.hit += best.filter((value) => !Number.isNaN(value)).length
    total.windows += windows.length
  }
  return { ...total, score: normalised(total.raw, total.windows, profile) }
}

/** The threshold that gives the best score, as NAB chooses it, and the result at it; Infinity when nothing is better than silence. */
export function scoreBest(series: readonly Scored[], profile: Profile = 'standard'): Result & { threshold: number } {
  const candidates = new Set<number>([Infinity])
  for (const { timestamps, scores } of series)
    for (let row = probationRows(timestamps.length); row < timestamps.length; row++) candidates.add(scores[row] ?? 0)
  const counted = gather(series, profile)
  let best = { threshold: Infinity, raw: counted.silence }
  let raw = counted.silence
  for (const threshold of [...candidates].sort((a, b) => b - a)) {
    raw += counted.take(threshold)
    if (raw > best.raw) best = { threshold, raw }
  }
  return { ...scoreAt(series, best.threshold, profile), threshold: best.threshold }
}

export function probationRows(rows: number): number {
  return Math.min(Math.floor(PROBATION * rows), PROBATION_ROWS)
}

/** `2014-04-10T07:15:00.000000Z` and `2014-04-10 07:15:00` are the same. */
export function plainTimestamp(text: string): string {
  return text.trim().replace('T', ' ').replace(/Z$/, '').replace(/\.0+$/, '')
}

export function normalised(raw: number, windows: number, profile: Profile = 'standard'): number {
  const { hit, miss } = PROFILES[profile]
  return windows === 0 ? NaN : (100 * (raw + miss * windows)) / ((hit + miss) * windows)
}

/** The sigmoid of NAB: 1 well before 0, -1 well after. */
function sigmoid(at: number): number {
  return at > 3 ? -1 : 2 / (1 + Math.exp(5 * at)) - 1
}

/** What a detection in each row is worth: up to 1 early in a window, 0 at its end, down to -1 far behind it; and the window of each row, -1 for none. */
function rowWorth(timestamps: readonly string[], windows: Windows) {
  const worth = new Float64Array(timestamps.length).fill(-1)
  const windowOf = new Int32Array(timestamps.length).fill(-1)
  const rowOf = new Map<string, number>()
  for (const [row, timestamp] of timestamps.entries()) {
    const plain = plainTimestamp(timestamp)
    if (!rowOf.has(plain)) rowOf.set(plain, row)
  }
  for (const [index, edges] of windows.entries()) {
    const [left, right] = edges.map((edge) => rowOf.get(plainTimestamp(edge)))
    if (left === undefined || right === undefined) throw new Error(`window ${edges.join(' to ')} is not in the series`)
    const rows = right - left + 1
    for (let row = left; row <= right; row++) {
      worth[row] = sigmoid(-(right - row + 1) / rows) / sigmoid(-1)
      windowOf[row] = index
    }
    for (let row = right + 1; row < timestamps.length; row++)
      worth[row] = rows > 1 ? sigmoid((row - right) / (rows - 1)) : -1
  }
  return { worth, windowOf }
}

interface Row {
  readonly score: number
  readonly worth: number
  readonly window: number
}

/** All rows by falling score; `take` says by how much the raw score changes when the rows down to a threshold are detections. */
function gather(series: readonly Scored[], profile: Profile) {
  const { hit: gain, miss, falseRow } = PROFILES[profile]
  const rows: Row[] = []
  const best: number[] = []
  for (const { timestamps, scores, windows } of series) {
    const { worth, windowOf } = rowWorth(timestamps, windows)
    for (let row = probationRows(timestamps.length); row < timestamps.length; row++) {
      const window = windowOf[row] ?? -1
      rows.push({ score: scores[row] ?? 0, worth: worth[row] ?? 0, window: window === -1 ? -1 : best.length + window })
    }
    best.push(...windows.map(() => -miss))
  }
  rows.sort((a, b) => b.score - a.score)
  let next = 0
  const take = (threshold: number): number => {
    let change = 0
    for (let row = rows[next]; row !== undefined && row.score >= threshold; row = rows[++next]) {
      if (row.window === -1) change += falseRow * row.worth
      else {
        const was = best[row.window] ?? -miss
        best[row.window] = Math.max(was, gain * row.worth)
        change += (best[row.window] ?? was) - was
      }
    }
    return change
  }
  return { silence: -miss * best.length, take }
}
