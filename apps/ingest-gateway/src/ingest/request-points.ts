import { buffers } from '@pegel/buffers'
import { ContractError, isRepresentableTime, MAX_BATCH_BYTES, NO_FINGERPRINT, PointsWriter } from '@pegel/contracts'
import type {
  Attribute,
  ComplexPoint,
  Exemplar,
  PointMarks,
  PointsChunk,
  ReasonCount,
  Slab,
  SlabSeries,
} from '@pegel/contracts'
import type { TenantLimits } from '@pegel/tenancy'
import { complexBytes, NUMBER_BYTES, problemOfComplex } from './complex-checks.ts'
import type { GroupLabels, SeriesLabels } from './labels.ts'
import { Refusals } from './refusals.ts'
import type { RefusalReason } from './refusals.ts'
import { OPEN_GATE } from './series-gate.ts'
import type { SeriesGate } from './series-gate.ts'

/** What became of one request's points. */
export interface RequestOutcome {
  readonly chunks: readonly PointsChunk[]
  readonly accepted: number
  readonly refused: readonly ReasonCount[]
}

/** A chunk never passes this by a point; the rest is for the point's exemplars and the envelope. */
const CHUNK_BYTES = MAX_BATCH_BYTES - 64 * 1024
/** Exemplars are samples for people to look at: what is more, or larger, is left out. */
export const MAX_EXEMPLARS = 10
const MAX_EXEMPLAR_CHARS = 512
const TRACE_ID_DIGITS = 32
const SPAN_ID_DIGITS = 16

export interface RequestPointsOptions {
  readonly limits: TenantLimits
  readonly receivedAtMs: number
  /** Judges series that are new. Lets all in unless given. */
  readonly gate?: SeriesGate
  /** Used again from request to request, since its buffer has grown to their size. */
  readonly writer?: PointsWriter
}

/**
 * Judges a request's points one by one by the limits that need no state, and encodes those that pass. Every data point of a
 * request ends in exactly one of number(), complex() and refuse(). Hot: nothing is allocated for a number.
 */
export class RequestPoints {
  readonly limits: TenantLimits
  readonly #gate: SeriesGate
  readonly #writer: PointsWriter
  readonly #oldestMs: number
  readonly #newestMs: number
  readonly #chunks: PointsChunk[] = []
  readonly #refusals = new Refusals()
  /** Why the last point that was refused was, for doors that name each in their answer. */
  lastRefusal: RefusalReason | undefined
  #accepted = 0
  #refused = 0
  #series: SeriesLabels | null = null
  /** Of the series: an arena has one object for all of its own. */
  #slab: Slab | null = null
  #blockAt = 0
  #startMs = 0
  #startNs = 0
  #problem: RefusalReason | undefined
  #exemplars = 0

  constructor({ limits, receivedAtMs, gate = OPEN_GATE, writer = new PointsWriter() }: RequestPointsOptions) {
    this.limits = limits
    this.#gate = gate
    this.#oldestMs = receivedAtMs - limits.maxPointAgeMs
    this.#newestMs = receivedAtMs + limits.maxPointFutureMs
    this.#writer = writer
    // What a request left behind whose decoding failed.
    writer.take()
  }

  /**
   * True when it holds as many points as a request may, taken or not. Decoders whose points cost much refuse what follows unread: a few bytes
   * that unpack to millions of bad points must not keep the process from everybody else.
   */
  get isFull(): boolean {
    return this.#accepted + this.#refused >= this.limits.maxPointsPerRequest
  }

  /** What the gate calls what was let in so far: series that it let in under this number need not ask again. */
  get stamp(): number {
    return this.#gate.stamp
  }

  /** When the request came, ms since the epoch. */
  get receivedAtMs(): number {
    return this.#oldestMs + this.limits.maxPointAgeMs
  }

  /** Tells where it is written what changes from request to request, until the points are finished. To be called before the first group. */
  markTo(marks: PointMarks): void {
    this.#writer.markTo(marks)
  }

  /** Whether points of this time can be taken. */
  isTimely(timeMs: number, timeNs: number): boolean {
    return this.#problemOfTime(timeMs, timeNs) === undefined
  }

  /** Takes points that were judged and encoded before, as those of an earlier request but for what isTimely() and the gate's stamp say. */
  takeEncoded(chunk: PointsChunk): void {
    this.#chunks.push(chunk)
    this.#accepted += chunk.points
  }

  /** All that was taken, if nothing was refused and it is in one piece. It is taken still; nothing may be added to its groups. */
  encoded(): PointsChunk | undefined {
    if (this.#refused > 0 || this.#chunks.length > 0 || this.#writer.points === 0) return undefined
    const chunk = this.#writer.take(buffers.borrow)
    this.#chunks.push(chunk)
    return chunk
  }

  group(group: GroupLabels): void {
    this.#writer.beginGroup(group.block)
    this.#series = null
  }

  /** The series of the points to come, and when it began to accumulate (0, 0 when unknown). The same again goes on with its run. */
  series(series: SeriesLabels, startMs: number, startNs: number): void {
    if (startMs === this.#startMs && startNs === this.#startNs && this.#isAtHand(series)) return
    this.#series = series
    this.#slab = series.slab
    this.#blockAt = series.blockAt
    this.#startMs = startMs
    this.#startNs = startNs
    this.#problem = series.problem ?? (isRepresentableTime(startMs) ? undefined : 'time_out_of_range')
    if (this.#problem !== undefined) return
    if (isInSlab(series)) this.#writer.beginInSlab(series, startMs, startNs)
    else this.#writer.beginRun({ ...NO_FINGERPRINT, block: series.block }, startMs, startNs)
  }

  /** A gauge or sum. True when it was taken, so that its exemplars may follow. */
  number(timeMs: number, timeNs: number, value: number, flags: number): boolean {
    const reason = this.#judge(timeMs, timeNs, NUMBER_BYTES)
    if (reason !== undefined) return this.refuse(reason)
    this.#writer.number(timeMs, timeNs, value, flags)
    this.#accepted += 1
    this.#exemplars = 0
    return true
  }

  /** As number(), of the kind of the series. */
  complex(timeMs: number, timeNs: number, point: ComplexPoint, flags: number): boolean {
    const inherent = this.#problem === 'temporality_missing' ? undefined : problemOfComplex(point)
    const reason = inherent ?? this.#judge(timeMs, timeNs, complexBytes(point))
    if (reason !== undefined) return this.refuse(reason)
    try {
      this.#writer.complex(timeMs, timeNs, point, flags)
    } catch (error) {
      // Counts beyond 2^63: the writer is as it was before the point.
      if (!(error instanceof ContractError)) throw error
      return this.refuse('value_out_of_range')
    }
    this.#accepted += 1
    this.#exemplars = 0
    return true
  }

  /** Of the point that was taken last. False when it is left out. */
  exemplar(exemplar: Omit<Exemplar, 'point'>): boolean {
    if (this.#exemplars >= MAX_EXEMPLARS || !isSmallExemplar(exemplar)) return false
    this.#exemplars += 1
    // OTLP: an id of another length is none.
    const traceId = exemplar.traceId.length === TRACE_ID_DIGITS ? exemplar.traceId : ''
    const spanId = exemplar.spanId.length === SPAN_ID_DIGITS ? exemplar.spanId : ''
    this.#writer.exemplar({ ...exemplar, traceId, spanId })
    return true
  }

  /** Why a point of the series at hand that has no value is refused. */
  refuseWithoutValue(): false {
    return this.refuse(this.#problem === 'temporality_missing' ? this.#problem : 'value_missing')
  }

  /** Always false, as a point that was not taken. */
  refuse(reason: RefusalReason, count = 1): false {
    this.#refusals.add(reason, count)
    this.#refused += count
    this.lastRefusal = reason
    return false
  }

  finish(): RequestOutcome {
    if (this.#writer.points > 0) this.#chunks.push(this.#writer.take(buffers.borrow))
    return { chunks: this.#chunks, accepted: this.#accepted, refused: this.#refusals.counts() }
  }

  /** Nothing of the request is taken after all. */
  withdraw(): void {
    this.#gate.withdraw()
  }

  /** Cached labels are the same object at the same place; those that are made anew for each point are compared. */
  #isAtHand(series: SeriesLabels): boolean {
    const last = this.#series
    if (series === last) return series.blockAt === this.#blockAt && series.slab === this.#slab
    if (last === null || series.slab !== null || last.slab !== null) return false
    return last.problem === undefined && series.problem === undefined && isEqual(series, last)
  }

  /** Makes room for the point when there is no reason to refuse it. */
  #judge(timeMs: number, timeNs: number, sizeBytes: number): RefusalReason | undefined {
    const series = this.#series
    if (series === null) throw new TypeError('a point before series()')
    if (this.#accepted >= this.limits.maxPointsPerRequest) return 'max_points_per_request'
    if (this.#problem !== undefined) return this.#problem
    const problem = this.#problemOfTime(timeMs, timeNs)
    if (problem !== undefined) return problem
    const size = sizeBytes + series.labelBytes
    if (size > CHUNK_BYTES) return 'point_too_large'
    if (series.admittedAt !== this.#gate.stamp) {
      this.#problem = this.#gate.admit(series)
      if (this.#problem !== undefined) return this.#problem
    }
    if (this.#writer.sizeBytes + size > CHUNK_BYTES) this.#chunks.push(this.#writer.take(buffers.borrow))
    return undefined
  }

  #problemOfTime(timeMs: number, timeNs: number): RefusalReason | undefined {
    if (timeMs === 0 && timeNs === 0) return 'time_missing'
    if (!isRepresentableTime(timeMs)) return 'time_out_of_range'
    if (timeMs < this.#oldestMs) return 'max_point_age'
    return timeMs > this.#newestMs ? 'max_point_future' : undefined
  }
}

function isEqual(a: SeriesLabels, b: SeriesLabels): boolean {
  return (
    a.fingerprintHi === b.fingerprintHi && a.fingerprintLo === b.fingerprintLo && Buffer.compare(a.block, b.block) === 0
  )
}

function isInSlab(series: SeriesLabels): series is SeriesLabels & SlabSeries {
  return series.slab !== null
}

/** Whether an exemplar is one that a point can have. */
export function isSmallExemplar({ timeMs, traceId, spanId, attributes }: Omit<Exemplar, 'point'>): boolean {
  const length = (all: number, { key, value }: Attribute): number => all + key.length + value.length
  return isRepresentableTime(timeMs) && attributes.reduce(length, traceId.length + spanId.length) <= MAX_EXEMPLAR_CHARS
}
