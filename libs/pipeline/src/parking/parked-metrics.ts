import type { Metrics } from '@pegel/telemetry'
import type { ParkedLaneState } from './parked-fold.ts'

export const PARKED_METRICS = [
  { name: 'pegel_sink_lane_parked', type: 'gauge', help: '1 while a lane is parked, by why' },
  {
    name: 'pegel_sink_lane_stopped',
    type: 'gauge',
    help: '1 while a lane waits for pegel lanes resume, by what was refused',
  },
  {
    name: 'pegel_sink_parked_records',
    type: 'gauge',
    help: 'Records of a lane in the parked topic without an outcome',
  },
  { name: 'pegel_sink_parked_points', type: 'gauge', help: 'Points of these records' },
  { name: 'pegel_sink_parked_bytes', type: 'gauge', help: 'Bytes of these records' },
  {
    name: 'pegel_sink_parked_oldest_timestamp_seconds',
    type: 'gauge',
    help: 'When the oldest of these records was parked, Unix time',
  },
  { name: 'pegel_sink_parked_retention_seconds', type: 'gauge', help: 'How long a record may stay parked' },
  {
    name: 'pegel_sink_parked_lost_offsets_total',
    type: 'counter',
    help: 'Offsets of the parked topic that were gone before the sink had read them',
  },
] as const

type Label = 'sink' | 'tenant' | 'reason'
type Sample = readonly [name: string, labels: Partial<Record<Label, string>>, value: number, merge: Merge]
type Merge = (a: number, b: number) => number
interface SampleGauge {
  set(labels: Partial<Record<Label, string>>, value: number): void
  remove(labels: Partial<Record<Label, string>>): void
}

const add: Merge = (a, b) => a + b
const [PARKED, STOPPED, RECORDS, POINTS, BYTES, OLDEST, RETENTION, LOST] = PARKED_METRICS
const LANES = [PARKED, STOPPED, RECORDS, POINTS, BYTES, OLDEST]

/** Shows the parked lanes of one sink; those that are gone are no longer shown. */
export class ParkedMetrics {
  readonly #metrics: Metrics
  readonly #sink: string
  readonly #gauges: ReadonlyMap<string, SampleGauge>
  readonly #lost
  #shown = new Map<string, Sample>()

  constructor(metrics: Metrics, sink: string, retentionMs: number) {
    this.#metrics = metrics
    this.#sink = sink
    metrics.gauge(RETENTION.name, RETENTION.help, ['sink']).set({ sink }, retentionMs / 1000)
    this.#lost = metrics.counter(LOST.name, LOST.help, ['sink'])
    const labelled = new Set<string>([PARKED.name, STOPPED.name])
    this.#gauges = new Map(
      LANES.map(({ name, help }) => [
        name,
        metrics.gauge<Label>(name, help, labelled.has(name) ? ['sink', 'tenant', 'reason'] : ['sink', 'tenant']),
      ]),
    )
  }

  /** Offsets that may have held records of this sink. */
  lost(offsets: number): void {
    this.#lost.inc({ sink: this.#sink }, offsets)
  }

  show(lanes: Iterable<ParkedLaneState>): void {
    const samples = new Map<string, Sample>()
    for (const lane of lanes) {
      for (const sample of this.#samples(lane)) {
        const [name, labels, value, merge] = sample
        const id = `${name} ${JSON.stringify(labels)}`
        // Lanes of several tenants may share a label.
        const before = samples.get(id)
        samples.set(id, before === undefined ? sample : [name, labels, merge(before[2], value), merge])
      }
    }
    for (const [id, [name, labels]] of this.#shown) if (!samples.has(id)) this.#gauges.get(name)?.remove(labels)
    for (const [name, labels, value] of samples.values()) this.#gauges.get(name)?.set(labels, value)
    this.#shown = samples
  }

  #samples({ tenant, reason, stop, records, points, sizeBytes, oldestMs }: ParkedLaneState): readonly Sample[] {
    const labels = { sink: this.#sink, tenant: this.#metrics.tenantLabel(tenant) }
    const stopped: Sample[] = stop === null ? [] : [[STOPPED.name, { ...labels, reason: stop.detail }, 1, Math.max]]
    return [
      ...stopped,
      [PARKED.name, { ...labels, reason }, 1, Math.max],
      [RECORDS.name, labels, records, add],
      [POINTS.name, labels, points, add],
      [BYTES.name, labels, sizeBytes, add],
      ...(records === 0 ? [] : [[OLDEST.name, labels, oldestMs / 1000, Math.min] as const]),
    ]
  }
}
