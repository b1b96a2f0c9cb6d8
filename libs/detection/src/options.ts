import type { DetectorOptions } from './detector.ts'
import { detectionErrors } from './errors.ts'

const LEAST_SENSITIVITY = 0.1
const MOST_SENSITIVITY = 10

const DEFAULTS: Required<DetectorOptions> = {
  direction: 'both',
  minDeviation: 0,
  minDeviationRelative: 0,
  sensitivity: 1,
  season: false,
}

/** Throws detectionErrors.bad_option. Options that are equal to the defaults share one object. */
export function checkOptions(options: DetectorOptions): Required<DetectorOptions> {
  const { direction, minDeviation, minDeviationRelative, sensitivity, season } = { ...DEFAULTS, ...options }
  if (!['up', 'down', 'both'].includes(direction)) refuse('direction', direction, 'use up, down or both')
  if (!(minDeviation >= 0)) refuse('minDeviation', minDeviation, 'use 0 or more')
  if (!(minDeviationRelative >= 0)) refuse('minDeviationRelative', minDeviationRelative, 'use 0 or more')
  if (!(sensitivity >= LEAST_SENSITIVITY && sensitivity <= MOST_SENSITIVITY))
    refuse('sensitivity', sensitivity, `use ${LEAST_SENSITIVITY} to ${MOST_SENSITIVITY}`)
  const plain = direction === 'both' && minDeviation === 0 && minDeviationRelative === 0 && sensitivity === 1 && !season
  return plain ? DEFAULTS : { direction, minDeviation, minDeviationRelative, sensitivity, season }
}

function refuse(option: string, value: string | number, problem: string): never {
  throw detectionErrors.bad_option({ option, value, problem })
}
