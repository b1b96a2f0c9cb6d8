import { detectionErrors } from '../errors.ts'
import type { DistributionDrift, DistributionDriftOptions } from './distribution-drift.ts'
import { SeriesDistributionDrift } from './series-distribution-drift.ts'

const DEFAULTS: Required<DistributionDriftOptions> = {
  recentUpdates: 12,
  referenceUpdates: 500,
  minPsi: 0.1,
  minKs: 0.1,
  acceptAfterUpdates: 500,
}

/** Of a histogram of which nothing is known. Throws detectionErrors.bad_option. */
export function createDistributionDrift(options: DistributionDriftOptions = {}): DistributionDrift {
  return new SeriesDistributionDrift(checkOptions(options))
}

/** One that continues where the saved one stood; the options need not be those of before. Throws detectionErrors.bad_state and bad_option. */
export function restoreDistributionDrift(bytes: Uint8Array, options: DistributionDriftOptions = {}): DistributionDrift {
  const drift = new SeriesDistributionDrift(checkOptions(options))
  drift.load(bytes)
  return drift
}

function checkOptions(options: DistributionDriftOptions): Required<DistributionDriftOptions> {
  const checked = { ...DEFAULTS, ...options }
  const { recentUpdates, referenceUpdates } = checked
  if (!(recentUpdates >= 1)) refuse('recentUpdates', recentUpdates, 'use 1 or more')
  if (!(referenceUpdates > recentUpdates))
    refuse('referenceUpdates', referenceUpdates, `use more than recentUpdates, which is ${recentUpdates}`)
  for (const option of ['minPsi', 'minKs', 'acceptAfterUpdates'] as const)
    if (!(checked[option] >= 0)) refuse(option, checked[option], 'use 0 or more')
  return checked
}

function refuse(option: string, value: number, problem: string): never {
  throw detectionErrors.bad_option({ option, value, problem })
}
