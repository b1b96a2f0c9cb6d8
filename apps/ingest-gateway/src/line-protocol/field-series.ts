import { INFLUX_MEASUREMENT } from '@pegel/contracts'
import type { Attribute, GroupIdentity, Scope, SeriesIdentity } from '@pegel/contracts'
import type { SeriesKey } from './series-key.ts'

/** Tags that sink-influxdb writes for what is no attribute in Pegel. */
const SCOPE_NAME = 'otel.scope.name'
const SCOPE_VERSION = 'otel.scope.version'
const UNIT = 'otel.metric.unit'
const TEMPORALITY = 'otel.metric.temporality'

/** What all fields of a series key share, as Pegel names it. */
export interface KeyParts {
  readonly measurement: string
  readonly delta: boolean
  readonly unit: string
  readonly attributes: readonly Attribute[]
  /** Group of the fields gauge, counter and delta, whose metric has the measurement's name. */
  readonly plain: GroupIdentity
  /** Group of all other fields: it names the measurement, so that sink-influxdb can write measurement and field as they came. */
  readonly marked: GroupIdentity
}

/** The inverse of sink-influxdb's tags: scope, unit and temporality come back out of them. */
export function keyParts({ measurement, tags }: SeriesKey): KeyParts {
  const rest = new Map(tags)
  const take = (name: string): string => {
    const value = rest.get(name) ?? ''
    rest.delete(name)
    return value
  }
  const scope: Scope = { name: take(SCOPE_NAME), version: take(SCOPE_VERSION), attributes: [] }
  const unit = take(UNIT)
  const delta = rest.get(TEMPORALITY) === 'delta'
  return {
    measurement,
    delta,
    unit,
    attributes: [...rest].map(([key, value]) => ({ key, value })),
    plain: { resource: [], scope },
    marked: { resource: [], scope: { ...scope, attributes: [{ key: INFLUX_MEASUREMENT, value: measurement }] } },
  }
}

export interface FieldSeries {
  readonly marked: boolean
  readonly identity: SeriesIdentity
}

/**
 * The series of a field. The fields gauge, counter and delta are what sink-influxdb writes, so they become what it wrote them
 * for; every other field is a gauge named `measurement_field`, and `value` one named as its measurement.
 */
export function fieldSeries(key: KeyParts, field: string): FieldSeries {
  const { measurement, unit, attributes } = key
  const gauge = { kind: 'gauge', temporality: 'unspecified', monotonic: false, unit, attributes } as const
  if (field === 'gauge') return { marked: false, identity: { ...gauge, name: measurement } }
  const sum = { kind: 'sum', monotonic: true, unit, name: measurement } as const
  if (field === 'counter') return { marked: false, identity: { ...sum, temporality: 'cumulative', attributes } }
  if (field === 'delta' && key.delta) {
    const others = attributes.filter((attribute) => attribute.key !== TEMPORALITY)
    return { marked: false, identity: { ...sum, temporality: 'delta', attributes: others } }
  }
  const name = field === 'value' ? measurement : `${measurement}_${field}`
  return { marked: true, identity: { ...gauge, name } }
}
