import type { ComplexPoint } from '@pegel/contracts'
import { freshState } from '../series/series-state.ts'
import type { SeriesState } from '../series/series-state.ts'
import { watchPoint } from '../series/watch-point.ts'
import { derivedNames, isRate } from '../watch/derived-names.ts'
import { identityOf } from '../watch/identity.ts'
import type { TenantWatches } from '../watch/tenant-watches.ts'
import type { RecordedSeries, Recording } from './recording.ts'

const NEVER = -1

/** What the detector would know had it seen the recording: states of the series that the tenant's file watches, holding no source record. */
export function learn(recording: Recording, watches: TenantWatches, partition: number): readonly SeriesState[] {
  return recording.series.flatMap((series) => learnSeries(recording, series, { watches, partition }) ?? [])
}

interface Learning {
  readonly watches: TenantWatches
  readonly partition: number
}

function learnSeries(
  recording: Recording,
  series: RecordedSeries,
  { watches, partition }: Learning,
): SeriesState | undefined {
  const { tenant, startMs, stepMs, spanMs } = recording
  const identity = identityOf(tenant, groupOf(recording), { ...series, attributes: listed(series.attributes) })
  const watch = watches.find(identity)
  const names = watch === undefined ? [] : derivedNames(identity, watch.rule)
  if (watch === undefined || names.length === 0) return undefined
  const lastMs = startMs + (series.samples.length - 1) * stepMs
  const state = freshState(identity, { partition, offset: NEVER, appendMs: lastMs })
  // A sample is what the series gained within its span, whatever the series itself reports.
  const asSampled =
    isRate(identity) || series.kind === 'histogram' ? { ...identity, temporality: 'delta' as const } : identity
  const sight = { watch, names, identity: asSampled, offset: NEVER, inMaintenance: () => false, findings: [] }
  series.samples.forEach((sample, index) => {
    const point = pointOf(series, sample)
    if (point === undefined) return
    const timeMs = startMs + index * stepMs
    // The time between two samples was not recorded: it is not silence.
    state.lastTimeMs = timeMs - spanMs
    watchPoint(state, { timeMs, timeNs: 0, startTimeMs: timeMs - spanMs, flags: 0, ...point }, sight)
  })
  // What was unusual then is nobody's business now.
  for (const value of state.values) value.anomalies = []
  state.intervalMs = spanMs
  // Between the recording and the first point is nothing that is known.
  state.startTimeMs = 0
  state.previous = []
  return state
}

/** Nothing sent means that a counter stood still; of a gauge it means nothing. */
function pointOf(
  { kind, bounds }: RecordedSeries,
  sample: RecordedSeries['samples'][number],
): { readonly value: number; readonly complex: ComplexPoint | undefined } | undefined {
  if (kind === 'gauge' || kind === 'sum') {
    if (kind === 'gauge' && sample === null) return undefined
    return { value: typeof sample === 'number' ? sample : 0, complex: undefined }
  }
  const [sum = 0, ...counts] = Array.isArray(sample) ? sample : [0, ...new Array<number>(bounds.length + 1).fill(0)]
  const count = counts.reduce((total, each) => total + each, 0)
  return { value: NaN, complex: { kind: 'histogram', count, sum, min: null, max: null, bounds, counts } }
}

function groupOf({ resource, scope }: Recording): Parameters<typeof identityOf>[1] {
  return { resource: listed(resource), scope: { ...scope, attributes: [] } }
}

function listed(attributes: Readonly<Record<string, string>>): { readonly key: string; readonly value: string }[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value }))
}
