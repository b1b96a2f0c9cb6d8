import { detectionErrors } from '../errors.ts'
import type { DriftDetector, DriftOptions } from './drift.ts'
import { SeriesDriftDetector } from './series-drift-detector.ts'

const DEFAULTS: Required<DriftOptions> = { threshold: 11.5, minMagnitude: 0.2, acceptAfterRows: 1000 }

/** Of a series of which nothing is known. Throws detectionErrors.bad_option. */
export function createDriftDetector(options: DriftOptions = {}): DriftDetector {
  return new SeriesDriftDetector(checkOptions(options))
}

/** One that continues where the saved one stood; the options need not be those of before. Throws detectionErrors.bad_state and bad_option. */
export function restoreDriftDetector(bytes: Uint8Array, options: DriftOptions = {}): DriftDetector {
  const detector = new SeriesDriftDetector(checkOptions(options))
  detector.load(bytes)
  return detector
}

function checkOptions(options: DriftOptions): Required<DriftOptions> {
  const checked = { ...DEFAULTS, ...options }
  const { threshold, minMagnitude, acceptAfterRows } = checked
  if (!(threshold >= 6 && threshold <= 30)) refuse('threshold', threshold, 'use 6 to 30')
  if (!(minMagnitude >= 0 && minMagnitude < Infinity)) refuse('minMagnitude', minMagnitude, 'use 0 or more')
  if (!(acceptAfterRows >= 1)) refuse('acceptAfterRows', acceptAfterRows, 'use 1 or more')
  return checked
}

function refuse(option: string, value: number, problem: string): never {
  throw detectionErrors.bad_option({ option, value, problem })
}
