import { INFLUX_MEASUREMENT } from '@pegel/contracts'
import type { GroupIdentity, SeriesIdentity } from '@pegel/contracts'

/** Where a series of line protocol came from. */
export interface LineOrigin {
  readonly measurement: string
  readonly field: string
}

/**
 * Measurement and field of a series that came by line protocol, as the gateway named it: `measurement_field`, or the measurement
 * alone for the field `value`. Undefined for all other series, and for those whose name was changed on the way.
 */
export function lineOrigin({ scope }: GroupIdentity, { name, kind }: SeriesIdentity): LineOrigin | undefined {
  const measurement = scope.attributes.find(({ key }) => key === INFLUX_MEASUREMENT)?.value
  if (measurement === undefined || kind !== 'gauge') return undefined
  if (name === measurement) return { measurement, field: 'value' }
  const field = name.slice(measurement.length + 1)
  return name.startsWith(`${measurement}_`) && field !== '' ? { measurement, field } : undefined
}
