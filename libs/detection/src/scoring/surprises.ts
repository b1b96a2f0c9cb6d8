import type { ReasonKind } from '../detector.ts'

/** What is watched of a series; an index into `surprises` and `deviations`. */
export const CHANNELS = ['point', 'mean', 'swing', 'level', 'shape', 'longShape', 'flat', 'season'] as const
export const POINT = 0
export const LONG_MEAN = 1
export const SWING = 2
export const LEVEL_SHIFT = 3
export const SHAPE = 4
export const LONG_SHAPE = 5
export const FLAT = 6
export const SEASON = 7

/** Surprise of this and above is a detection: the negative decimal logarithm of how often it is to be expected, about. */
export const SURPRISE_THRESHOLD = 2.75

/** What the last step found, one number a channel: written by `step`, read right after it. One for all detectors, as a step is never interrupted. */
export const surprises = new Float64Array(CHANNELS.length)
/** How far what surprised was from what was expected, in the unit of the series; negative below. */
export const deviations = new Float64Array(CHANNELS.length)

/** How many channels are surprised: for most points none, and then nothing else needs to be looked at. */
export const found = { count: 0 }

export function report(channel: number, surprise: number, deviation: number): void {
  if (surprise <= 0) return
  found.count += 1
  surprises[channel] = surprise
  deviations[channel] = deviation
}

export function clearSurprises(): void {
  if (found.count === 0) return
  found.count = 0
  surprises.fill(0)
}

export function kindOf(channel: number, deviation: number): ReasonKind {
  if (channel === POINT) return deviation < 0 ? 'record_low' : 'record_high'
  if (channel === SWING) return 'jump'
  if (channel === LONG_MEAN || channel === LEVEL_SHIFT) return 'unusual_level'
  if (channel === FLAT) return 'flat'
  return channel === SEASON ? 'off_season' : 'unusual_shape'
}
