import type { ReadBatch } from '../src/read-batch.ts'
import type { BatchHead } from '../src/seal-batch.ts'
import type { ComplexPoint, Exemplar, GroupIdentity, SeriesIdentity } from '../src/metric-batch.ts'
import { encodeGroupBlock, encodeSeriesBlock, parseGroupBlock, parseSeriesBlock } from '../src/blocks.ts'
import { PointsWriter } from '../src/points-writer.ts'

/** A batch in the plainest form, for tests: times are exact ns since the epoch, everything is nested and parsed. */
export interface ModelBatch {
  readonly head: BatchHead
  readonly groups: readonly ModelGroup[]
}

export interface ModelGroup {
  readonly identity: GroupIdentity
  readonly runs: readonly ModelRun[]
}

export interface ModelRun {
  /** 16 hexadecimal digits. */
  readonly fingerprint: string
  readonly identity: SeriesIdentity
  /** null when unknown. */
  readonly start: bigint | null
  readonly points: readonly ModelPoint[]
}

export interface ModelPoint {
  readonly time: bigint
  /** A number of a gauge or sum. */
  readonly value: number | ComplexPoint
  readonly flags: number
  readonly exemplars: readonly ModelExemplar[]
}

export type ModelExemplar = Omit<Exemplar, 'point' | 'timeMs' | 'timeNs'> & { readonly time: bigint }

const MILLION = 1_000_000n

export function split(ns: bigint): { ms: number; ns: number } {
  const rest = ((ns % MILLION) + MILLION) % MILLION
  return { ms: Number((ns - rest) / MILLION), ns: Number(rest) }
}

export function join(ms: number, ns: number): bigint {
  return BigInt(ms) * MILLION + BigInt(ns)
}

/** Writes the model's points by the hand-written writer, each group as a chunk of its own where `chunked`. */
export function writeModel(batch: ModelBatch, chunked: boolean): ReturnType<PointsWriter['take']>[] {
  const writer = new PointsWriter()
  const chunks = batch.groups.flatMap((group) => {
    writer.beginGroup(encodeGroupBlock(group.identity))
    for (const run of group.runs) writeRun(writer, run)
    return chunked ? [writer.take()] : []
  })
  return [...chunks, writer.take()]
}

function writeRun(writer: PointsWriter, run: ModelRun): void {
  const start = split(run.start ?? 0n)
  writer.beginSeries({
    fingerprintHi: Number.parseInt(run.fingerprint.slice(0, 8), 16),
    fingerprintLo: Number.parseInt(run.fingerprint.slice(8), 16),
    block: encodeSeriesBlock(run.identity),
    startTimeMs: start.ms,
    startTimeNs: start.ns,
  })
  for (const { time, value, flags, exemplars } of run.points) {
    const at = split(time)
    if (typeof value === 'number') writer.number(at.ms, at.ns, value, flags)
    else writer.complex(at.ms, at.ns, value, flags)
    for (const { time: when, ...exemplar } of exemplars) {
      writer.exemplar({ ...exemplar, timeMs: split(when).ms, timeNs: split(when).ns })
    }
  }
}

/** The groups of a batch that was read; groups without runs leave no trace. */
export function groupsOf({ points }: ReadBatch): ModelGroup[] {
  const groups: { block: Uint8Array; identity: GroupIdentity; runs: ModelRun[] }[] = []
  for (const run of points.series) {
    const { block } = run.group
    const last = groups.at(-1)
    const group = last?.block === block ? last : { block, identity: parseGroupBlock(block), runs: [] }
    if (group !== last) groups.push(group)
    group.runs.push({
      fingerprint: run.fingerprintHi.toString(16).padStart(8, '0') + run.fingerprintLo.toString(16).padStart(8, '0'),
      identity: parseSeriesBlock(run.block),
      start: run.startTimeMs === 0 && run.startTimeNs === 0 ? null : join(run.startTimeMs, run.startTimeNs),
      points: Array.from({ length: run.count }, (_, index) => pointOf(points, run.first + index)),
    })
  }
  return groups.map(({ identity, runs }) => ({ identity, runs }))
}

function pointOf({ columns, exemplars }: ReadBatch['points'], index: number): ModelPoint {
  return {
    time: join(columns.timeMs[index] ?? NaN, columns.timeNs[index] ?? NaN),
    value: columns.complex?.[index] ?? columns.value[index] ?? NaN,
    flags: columns.flags[index] ?? NaN,
    exemplars: exemplars
      .filter(({ point }) => point === index)
      .map(({ value, traceId, spanId, attributes, timeMs, timeNs }) => {
        return { time: join(timeMs, timeNs), value, traceId, spanId, attributes }
      }),
  }
}
