import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createDetector, releaseDetector } from '@pegel/detection'
import type { Scored, Windows } from './score.ts'
import type { Series } from './series.ts'

/** The detector as the service runs it: one point after the other, one setting for all series. */
export function scoresOf({ timesMs, values }: Series, sensitivity = 1): Float64Array {
  const detector = createDetector({ sensitivity })
  const scores = Float64Array.from(values, (value, row) => detector.update(timesMs[row] ?? NaN, value).score)
  releaseDetector(detector)
  return scores
}

export function scoredOf(series: Series, windows: Windows, sensitivity = 1): Scored {
  const { name, timestamps } = series
  return { name, timestamps, scores: scoresOf(series, sensitivity), windows }
}

/** One `timestamp,anomaly_score` a series under its own relative name. */
export function writeScores(folder: string, { name, timestamps, scores }: Scored): void {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  const lines = timestamps.map((timestamp, row) => `${timestamp},${(scores[row] ?? 0).toFixed(6)}\n`)
  writeFileSync(file, `timestamp,anomaly_score\n${lines.join('')}`)
}
