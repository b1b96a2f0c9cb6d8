import { buffers } from '@pegel/buffers'
import { forEachRun, MAX_BATCH_BYTES, PointsWriter } from '@pegel/contracts'
import type { MetricPoints, PointsChunk, ReasonCount, SeriesRun } from '@pegel/contracts'
import { checkTime } from '@pegel/tenancy'
import { complexBytes, exemplarBytes, NUMBER_BYTES } from './point-size.ts'
import { ReasonTally } from './reason-tally.ts'
import type { KeptSeries } from './series-outcome.ts'
import type { OutcomeOf } from './series-outcomes.ts'
import type { TenantRules } from './tenant-rules.ts'

export interface Rewritten {
  /** One a part, in order, in buffers that are borrowed; empty when no point is left. */
  readonly chunks: readonly PointsChunk[]
  readonly dropped: readonly ReasonCount[]
  readonly refused: readonly ReasonCount[]
}

export interface RewriteRequest {
  readonly points: MetricPoints
  readonly rules: TenantRules
  /** What becomes of a run's series; cached. */
  readonly outcomeOf: OutcomeOf
  /** Checks every point's time against this receive time; undefined: the gateway has done so. */
  readonly receivedAtMs: number | undefined
}

interface RunContext {
  readonly request: RewriteRequest
  readonly refused: ReasonTally
}

/** The envelope of a part: some 200 bytes, and its reasons. */
const ENVELOPE_BYTES = 8 * 1024
const MAX_PART_BYTES = MAX_BATCH_BYTES - ENVELOPE_BYTES
const MAX_EXEMPLAR_BYTES = 64 * 1024

/**
 * Copies the points of a batch into new groups and series, without those that are dropped or refused. Runs are never merged,
 * so that series which relabelling made one stay apart within the batch. A part ends before the first point that might not fit.
 */
export class BatchRewriter {
  readonly #writer = new PointsWriter()
  #chunks: PointsChunk[] = []
  #exemplar = 0

  rewrite(request: RewriteRequest): Rewritten {
    const dropped = new ReasonTally()
    const refused = new ReasonTally()
    let groupBlock: Uint8Array | undefined
    // A batch that could not be read to its end may have left points behind.
    if (this.#writer.points > 0) this.#writer.take()
    this.#chunks = []
    this.#exemplar = 0
    const context = { request, refused }
    forEachRun(request.points, (run) => {
      const outcome = request.outcomeOf(run)
      if (outcome.status === 'dropped') dropped.add(outcome.rule, run.count)
      else if (outcome.status === 'refused') refused.add(outcome.reason, run.count)
      else {
        if (outcome.groupBlock !== groupBlock) this.#writer.beginGroup((groupBlock = outcome.groupBlock))
        this.#run(run, outcome, context)
      }
    })
    this.#cut()
    return { chunks: this.#chunks, dropped: dropped.list(), refused: refused.list() }
  }

  #cut(): void {
    if (this.#writer.points > 0) this.#chunks.push(this.#writer.take(buffers.borrow))
  }

  #run(run: SeriesRun, series: KeptSeries, context: RunContext): void {
    const { request, refused } = context
    const writer = this.#writer
    const { timeMs, timeNs, value, flags, complex } = request.points.columns
    const { block, groupBlock } = series
    writer.beginRun(series, run.startTimeMs, run.startTimeNs)
    // What a part that begins with the point would have to carry before it.
    const headBytes = block.byteLength + groupBlock.byteLength + NUMBER_BYTES
    for (let index = run.first; index < run.first + run.count; index += 1) {
      const at = timeMs[index] ?? 0
      const reason =
        request.receivedAtMs === undefined ? undefined : checkTime(request.rules.limits, at, request.receivedAtMs)
      const point = complex?.[index]
      const bytes =
        headBytes + (point === undefined ? NUMBER_BYTES : complexBytes(point)) + this.#exemplarsSize(request, index)
      if (reason !== undefined || bytes > MAX_PART_BYTES) {
        refused.add(reason ?? 'point_too_large', 1)
        continue
      }
      if (writer.sizeBytes + bytes > MAX_PART_BYTES) this.#cut()
      if (point === undefined) writer.number(at, timeNs[index] ?? 0, value[index] ?? NaN, flags[index] ?? 0)
      else writer.complex(at, timeNs[index] ?? 0, point, flags[index] ?? 0)
      this.#copyExemplars(request, index)
    }
  }

  /** Exemplars come in the order of their points; those of points passed over are skipped. */
  #exemplarsSize({ points: { exemplars } }: RewriteRequest, point: number): number {
    while ((exemplars[this.#exemplar]?.point ?? Infinity) < point) this.#exemplar += 1
    let bytes = 0
    for (let next = this.#exemplar; exemplars[next]?.point === point; next += 1) {
      const exemplar = exemplars[next]
      if (exemplar !== undefined) bytes += exemplarBytes(exemplar)
    }
    return bytes > MAX_EXEMPLAR_BYTES ? 0 : bytes
  }

  #copyExemplars(request: RewriteRequest, point: number): void {
    if (this.#exemplarsSize(request, point) === 0) return
    const { exemplars } = request.points
    for (let exemplar = exemplars[this.#exemplar]; exemplar?.point === point; exemplar = exemplars[this.#exemplar]) {
      this.#writer.exemplar(exemplar)
      this.#exemplar += 1
    }
  }
}
