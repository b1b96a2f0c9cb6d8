import {
  ContractError,
  encodeGroupBlock,
  encodeSeriesBlock,
  fingerprintOf,
  isRepresentableTime,
  MAX_BATCH_BYTES,
  PointsWriter,
  type Attribute,
  type Exemplar,
  type GroupIdentity,
  type PointsChunk,
  type ReasonCount,
  type SeriesIdentity,
} from '@pegel/contracts'
import { checkSeries, checkTime, type LimitReason, type TenantLimits } from '@pegel/tenancy'
import type { DecodedPoint, MetricHead, PointProblem, PointSink } from '../otlp/index.ts'

/** Why a point was refused for good. Immutable: clients, the ledger and dashboards know them. */
export type RefusalReason =
  | PointProblem
  | LimitReason
  | 'name_missing'
  | 'time_missing'
  | 'time_out_of_range'
  | 'value_out_of_range'
  | 'too_many_buckets'

/** What became of one request's points. */
export interface RequestOutcome {
  readonly chunks: readonly PointsChunk[]
  readonly accepted: number
  readonly refused: readonly ReasonCount[]
}

/** A chunk is closed when it passes this; with one more point of any size it still is below Kafka's limit for a record. */
const CHUNK_BYTES = MAX_BATCH_BYTES - 64 * 1024
const MAX_BUCKETS = 10_000
/** Exemplars are samples for people to look at: what is more, or larger, is left out. */
const MAX_EXEMPLARS = 10
const MAX_EXEMPLAR_CHARS = 512

/** Judges a request's points one by one by the limits that need no state, and encodes those that pass. */
export class RequestPoints implements PointSink {
  readonly #limits: TenantLimits
  readonly #receivedAtMs: number
  readonly #writer = new PointsWriter()
  readonly #chunks: PointsChunk[] = []
  readonly #refused = new Map<RefusalReason, number>()
  #accepted = 0
  #group: GroupIdentity | null = null
  #block: Buffer | null = null
  #start = Number.NaN

  constructor(limits: TenantLimits, receivedAtMs: number) {
    this.#limits = limits
    this.#receivedAtMs = receivedAtMs
  }

  group(group: GroupIdentity): void {
    this.#group = group
    this.#block = null
    this.#writer.beginGroup(encodeGroupBlock(group))
  }

  point(metric: MetricHead, point: DecodedPoint): void {
    const group = this.#group
    if (group === null) throw new TypeError('a point before its group')
    const series = { ...metric, attributes: point.attributes }
    const reason = this.#judge(group, series, point)
    if (reason !== undefined) this.refuse(reason, 1)
    else this.#write(group, series, point)
  }

  refuse(reason: RefusalReason, count: number): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + count)
  }

  finish(): RequestOutcome {
    if (this.#writer.points > 0) this.#chunks.push(this.#writer.take())
    const refused = [...this.#refused].map(([reason, count]) => ({ reason, count }))
    return { chunks: this.#chunks, accepted: this.#accepted, refused }
  }

  #judge(
    group: GroupIdentity,
    series: SeriesIdentity,
    { time, start, value }: DecodedPoint,
  ): RefusalReason | undefined {
    if (this.#accepted >= this.#limits.maxPointsPerRequest) return 'max_points_per_request'
    if (series.name === '') return 'name_missing'
    if (time.ms === 0 && time.ns === 0) return 'time_missing'
    if (!isRepresentableTime(time.ms) || !isRepresentableTime(start.ms)) return 'time_out_of_range'
    if (typeof value !== 'number' && bucketsOf(value) > MAX_BUCKETS) return 'too_many_buckets'
    return checkTime(this.#limits, time.ms, this.#receivedAtMs) ?? checkSeries(this.#limits, group, series)
  }

  #write(group: GroupIdentity, series: SeriesIdentity, point: DecodedPoint): void {
    this.#beginSeries(group, series, point)
    try {
      this.#writeValue(point)
    } catch (error) {
      // Counts beyond 2^53: the writer is as it was before the point.
      if (!(error instanceof ContractError)) throw error
      this.refuse('value_out_of_range', 1)
      return
    }
    for (const exemplar of point.exemplars.filter(isSmall).slice(0, MAX_EXEMPLARS)) this.#writer.exemplar(exemplar)
    this.#accepted += 1
    if (this.#writer.sizeBytes >= CHUNK_BYTES) this.#chunks.push(this.#writer.take())
  }

  /** Points that follow each other in one series with one start time are one run. */
  #beginSeries(group: GroupIdentity, series: SeriesIdentity, { start }: DecodedPoint): void {
    const block = encodeSeriesBlock(series)
    const startNs = start.ms * 1_000_000 + start.ns
    if (this.#block?.equals(block) === true && this.#start === startNs) return
    const { hi, lo } = fingerprintOf(group, series)
    const times = { startTimeMs: start.ms, startTimeNs: start.ns }
    this.#writer.beginSeries({ fingerprintHi: hi, fingerprintLo: lo, block, ...times })
    this.#block = block
    this.#start = startNs
  }

  #writeValue({ time, value, flags }: DecodedPoint): void {
    if (typeof value === 'number') this.#writer.number(time.ms, time.ns, value, flags)
    else this.#writer.complex(time.ms, time.ns, value, flags)
  }
}

function bucketsOf(value: Exclude<DecodedPoint['value'], number>): number {
  switch (value.kind) {
    case 'histogram':
      return value.counts.length
    case 'exponential_histogram':
      return value.positive.counts.length + value.negative.counts.length
    case 'summary':
      return value.quantiles.length
  }
}

function isSmall({ timeMs, traceId, spanId, attributes }: Omit<Exemplar, 'point'>): boolean {
  const length = (all: number, { key, value }: Attribute): number => all + key.length + value.length
  return isRepresentableTime(timeMs) && attributes.reduce(length, traceId.length + spanId.length) <= MAX_EXEMPLAR_CHARS
}
