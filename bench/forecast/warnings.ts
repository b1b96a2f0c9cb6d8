import type { ThresholdAlert } from '@pegel/detection'
import { createForecaster, NO_ALERT, nextThresholdAlert } from '@pegel/detection'
import { createRandom } from '../support/random.ts'
import type { Cleaned, DiskPoint, Filling } from './disks.ts'
import { cleanedDisk, fillingDisk } from './disks.ts'
import { PredictLinear } from './predict-linear.ts'

const HOUR_MS = 3_600_000
const FULL = 100
/** Prometheus' usual rule for disks: predict_linear(...[1h] or [4h], 24 h) reaches the end. */
const AHEAD_MS = 24 * HOUR_MS

type Check = (point: DiskPoint) => boolean

/** Those that warn: ours with hysteresis, ours without (is `timeTo` within 26 hours?), and predict_linear over one and over four hours. */
const CHECKS: readonly (() => Check)[] = [alertCheck, plainCheck, () => linearCheck(1), () => linearCheck(4)]

export interface WarningResult {
  /** Per check: percent of fillings first warned of 18 to 36 hours before the disk was full. */
  readonly inTime: readonly number[]
  readonly fillings: number
}

/** The first filling, in which nothing is known of the disk, counts as the others do. */
export function measureFilling(filling: Filling, runs: number): WarningResult {
  const inTime = CHECKS.map(() => 0)
  for (let run = 1; run <= runs; run++) {
    CHECKS.forEach((make, index) => {
      const check = make()
      let warnedMs = NaN
      let wasWarned = false
      for (const point of fillingDisk(createRandom(run * 6007), filling)) {
        const warns = check(point)
        if (warns && !wasWarned && Number.isNaN(warnedMs)) warnedMs = point.timestampMs
        wasWarned = warns
        if (!point.isFull) continue
        const hours = (point.timestampMs - warnedMs) / HOUR_MS
        if (hours >= 18 && hours <= 36) inTime[index] = (inTime[index] ?? 0) + 1
        warnedMs = NaN
      }
    })
  }
  const fillings = runs * filling.fillings
  return { inTime: inTime.map((count) => (100 * count) / fillings), fillings }
}

/** Per check: percent of checks that warn of a disk that never fills. */
export function measureCleaned(cleaned: Cleaned, runs: number): readonly number[] {
  return CHECKS.map((make) => {
    let [fired, checks] = [0, 0]
    for (let run = 1; run <= runs; run++) {
      const check = make()
      for (const point of cleanedDisk(createRandom(run * 6007), cleaned)) {
        checks++
        if (check(point)) fired++
      }
    }
    return (100 * fired) / checks
  })
}

function alertCheck(): Check {
  const forecaster = createForecaster()
  let alert: ThresholdAlert = NO_ALERT
  return ({ timestampMs, used }) => {
    forecaster.update(timestampMs, used)
    alert = nextThresholdAlert(alert, forecaster.timeTo(FULL, 'up'))
    return alert.open
  }
}

function plainCheck(): Check {
  const forecaster = createForecaster()
  return ({ timestampMs, used }) => {
    forecaster.update(timestampMs, used)
    return (forecaster.timeTo(FULL, 'up')?.ms ?? Infinity) <= 26 * HOUR_MS
  }
}

function linearCheck(hours: number): Check {
  const linear = new PredictLinear(hours * HOUR_MS)
  return ({ timestampMs, used }) => {
    linear.update(timestampMs, used)
    return linear.predict(AHEAD_MS) >= FULL
  }
}
