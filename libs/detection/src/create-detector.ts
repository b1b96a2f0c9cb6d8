import type { Detector, DetectorOptions } from './detector.ts'
import { checkOptions } from './options.ts'
import { Season } from './scoring/season.ts'
import { Slots } from './scoring/slots.ts'
import { SeriesDetector } from './series-detector.ts'
import { decodeState } from './state.ts'

const slots = new Slots()

/** Of a series of which nothing is known. Throws detectionErrors.bad_option. */
export function createDetector(options: DetectorOptions = {}): Detector {
  return new SeriesDetector(slots.take(), checkOptions(options))
}

/**
 * One that continues where the saved one stood. The options need not be those of before; a season that the state does not have is learned from now on, and
 * one that the options do not want is dropped. Throws detectionErrors.bad_state and bad_option.
 */
export function restoreDetector(bytes: Uint8Array, options: DetectorOptions = {}): Detector {
  const checked = checkOptions(options)
  const slot = slots.take()
  try {
    const season = decodeState(bytes, slot)
    return new SeriesDetector(slot, checked, checked.season ? (season ?? new Season()) : undefined)
  } catch (error) {
    slots.giveBack(slot)
    throw error
  }
}

/** Gives a detector's memory back at once, for the next one; it must not be used any more. Without this the garbage collector does it, later and in lots. */
export function releaseDetector(detector: Detector): void {
  if (detector instanceof SeriesDetector) slots.giveBack(detector.slot)
}
