import { buffers } from '@pegel/buffers'
import { forEachRun, MAX_BATCH_BYTES, PointsWriter } from '@pegel/contracts'
import type { MetricPoints, PointGroup, PointsChunk, ReasonCount, SeriesRun } from '@pegel/contracts'
import { checkTime } from '@pegel/tenancy'
import { Discards } from './discards.ts'
import type { FoundOutcome, OutcomeGroup } from './outcome-arena.ts'
import { complexBytes, exemplarBytes, NUMBER_BYTES } from './point-size.ts'
import type { ScopedOutcomes } from './series-outcomes.ts'
import type { TenantRules } from './tenant-rules.ts'

export interface Rewritten {
  /** One a part, in order, in borrowed buffers; empty when no point is left. */
  readonly chunks: readonly PointsChunk[]
  readonly dropped: readonly ReasonCount[]
  readonly refused: readonly ReasonCount[]
}

export interface RewriteRequest {
  readonly points: MetricPoints
  readonly rules: TenantRules
  readonly outcomes: ScopedOutcomes
  /** Checks every point's time against this receive time; undefined: the gateway has done so. */
  readonly receivedAtMs: number | undefined
}

interface RunContext {
  readonly request: RewriteRequest
  readonly discards: Discards
  readonly group: OutcomeGroup
}

/** The envelope of a part: some 200 bytes, and its reasons. */
const ENVELOPE_BYTES = 8 * 1024
export const MAX_PART_BYTES = MAX_BATCH_BYTES - ENVELOPE_BYTES
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
    const discards = new Discards()
    let source: PointGroup | undefined
    let context: RunContext | undefined
    // A batch that could not be read to its end may have left points behind.
    if (this.#writer.points > 0) this.#writer.take()
    this.#chunks = []
    this.#exemplar = 0
    forEachRun(request.points, (run) => {
      if (context === undefined || run.group !== source) {
        source = run.group
        const group = request.outcomes.group(bufferOf(source.block))
        if (group !== context?.group) this.#writer.beginGroup(group.block)
        context = { request, discards, group }
      }
      const outcome = request.outcomes.ofRun(run, context.group)
      if (outcome.discarded !== undefined) discards.add(outcome.discarded, run.count)
      else this.#run(run, outcome, context)
    })
    this.#cut()
    return { chunks: this.#chunks, ...discards.lists() }
  }

  #cut(): void {
    if (this.#writer.points > 0) this.#chunks.push(this.#writer.take(buffers.borrow))
  }

  #run(run: SeriesRun, series: FoundOutcome, { request, discards, group }: RunContext): void {
    const writer = this.#writer
    const { timeMs, timeNs, value, flags, complex } = request.points.columns
    const { block, fingerprintHi, fingerprintLo } = series
    writer.beginRun({ block, fingerprintHi, fingerprintLo }, run.startTimeMs, run.startTimeNs)
    // What a part that begins with the point would have to carry before it.
    const headBytes = block.byteLength + group.block.byteLength + NUMBER_BYTES
    for (let index = run.first; index < run.first + run.count; index += 1) {
      const at = timeMs[index] ?? 0
      const reason =
        request.receivedAtMs === undefined ? undefined : checkTime(request.rules.limits, at, request.receivedAtMs)
      const point = complex?.[index]
      const bytes =
        headBytes + (point === undefined ? NUMBER_BYTES : complexBytes(point)) + this.#exemplarsSize(request, index)
      if (reason !== undefined || bytes > MAX_PART_BYTES) {
        discards.refuse(reason ?? 'point_too_large')
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

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
