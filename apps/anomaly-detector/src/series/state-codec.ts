import { decodeRecord, encodeRecord } from '@pegel/contracts'
import type { DerivedState, SchemaLookup } from '@pegel/contracts'
import type { DerivedValue, SeriesState } from './series-state.ts'

const NUMBER = 'number'
const HISTOGRAM = 'histogram'

export function encodeState(state: SeriesState): Buffer {
  const { identity, previous, pending, bounds } = state
  const shape = previous.length + pending.length === 0 ? '' : bounds === undefined ? NUMBER : shapeOf(bounds)
  return encodeRecord('DetectorState', {
    ...{ tenant: identity.tenant, fingerprint: identity.fingerprint, digest: identity.digest },
    ...{ metric: identity.metric, unit: identity.unit, labels: identity.labels, resource: identity.resource },
    ...{ offset: state.offset, lastTimeMs: state.lastTimeMs, lastTimeNs: state.lastTimeNs },
    ...{ lastAppendMs: state.lastAppendMs, startTimeMs: state.startTimeMs, intervalMs: state.intervalMs },
    ...{ shape, previous, pending, pendingSinceMs: state.pendingSinceMs },
    values: state.values.map(toDerivedState),
  })
}

/** @throws as decodeRecord */
export function decodeState(value: Buffer, partition: number, lookup?: SchemaLookup): SeriesState {
  const record = decodeRecord('DetectorState', value, lookup)
  const { tenant, fingerprint, digest, metric, unit, labels, resource } = record
  return {
    identity: { tenant, fingerprint, digest, metric, unit, labels, resource },
    partition,
    ...{ offset: record.offset, lastTimeMs: record.lastTimeMs, lastTimeNs: record.lastTimeNs },
    ...{ lastAppendMs: record.lastAppendMs, startTimeMs: record.startTimeMs, intervalMs: record.intervalMs },
    bounds: boundsOf(record.shape),
    previous: [...record.previous],
    pending: [...record.pending],
    pendingSinceMs: record.pendingSinceMs,
    values: record.values.map(toDerivedValue),
    ...{ dirty: false, dead: false, seen: 0 },
  }
}

/** What a value has learned, as bytes: those of before where nothing was learned since they were read. */
function toDerivedState(value: DerivedValue): DerivedState {
  return {
    name: value.name,
    detector: value.detector?.save() ?? value.saved.detector,
    drift: value.drift?.save() ?? value.distribution?.save() ?? value.saved.drift,
    forecast: value.forecast?.save() ?? value.saved.forecast,
    points: value.points,
    against: value.against,
    anomalies: value.anomalies,
  }
}

function toDerivedValue({ name, points, against, detector, drift, forecast, anomalies }: DerivedState): DerivedValue {
  return {
    name,
    points,
    against,
    // Copies: a view would keep the whole fetch response in memory.
    saved: { detector: copy(detector), drift: copy(drift), forecast: copy(forecast) },
    ...{ optionsOf: undefined, detector: undefined, drift: undefined, distribution: undefined, forecast: undefined },
    anomalies: anomalies.map((anomaly) => ({ ...anomaly })),
  }
}

function copy(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : Uint8Array.from(bytes)
}

function shapeOf(bounds: readonly number[]): string {
  return [HISTOGRAM, ...bounds].join(' ')
}

function boundsOf(shape: string): readonly number[] | undefined {
  const [kind, ...bounds] = shape.split(' ')
  return kind === HISTOGRAM ? bounds.map(Number) : undefined
}
