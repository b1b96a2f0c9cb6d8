import { DETECTION_THRESHOLD, createDetector } from '@pegel/detection'
import type { DetectorOptions } from '@pegel/detection'
import type { CsvSeries } from './read-csv.ts'

export interface Anomaly {
  readonly row: number
  readonly score: number
  readonly expected: number
  readonly lower: number
  readonly upper: number
  /** One sentence. */
  readonly reason: string
}

export interface Watched {
  /** What did not surprise, before each row was seen; NaN during the warm-up. */
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly anomalies: readonly Anomaly[]
  /** Rows that the detector ignored, since they were not newer than the one before. */
  readonly ignored: number
}

/** Shows the rows to a detector one after the other, as the service would. */
export function watch({ timesMs, values }: CsvSeries, options: DetectorOptions): Watched {
  const detector = createDetector(options)
  const lower = new Float64Array(values.length)
  const upper = new Float64Array(values.length)
  const anomalies: Anomaly[] = []
  let ignored = 0
  let newestMs = -Infinity
  for (const [row, value] of values.entries()) {
    const timeMs = timesMs[row] ?? NaN
    if (timeMs <= newestMs) ignored += 1
    newestMs = Math.max(newestMs, timeMs)
    const verdict = detector.update(timeMs, value)
    lower[row] = verdict.lower
    upper[row] = verdict.upper
    if (verdict.score < DETECTION_THRESHOLD) continue
    const { score, expected } = verdict
    anomalies.push({ row, score, expected, lower: verdict.lower, upper: verdict.upper, reason: detector.explain() })
  }
  return { lower, upper, anomalies, ignored }
}
