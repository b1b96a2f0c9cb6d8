import { typeOf } from '../src/avro/types.ts'
import type { Group, MetricBatch, Series } from '../src/generated/metric-batch.generated.ts'
import type { BatchEnvelope, ComplexPoint, ExponentialHistogramPoint, HistogramPoint } from '../src/metric-batch.ts'
import { BATCH_HEADER } from '../src/seal-batch.ts'
import type { ModelBatch, ModelGroup, ModelPoint, ModelRun } from './batch-model.ts'
import { split } from './batch-model.ts'

/** The model as a framed record that avsc wrote. */
export function avroBytes(batch: ModelBatch): Buffer {
  return Buffer.concat([BATCH_HEADER, typeOf('MetricBatch').toBuffer(toAvro(batch, envelopeOf(batch)))])
}

/** The model as the value that avsc writes for the schema, and back: a second opinion that shares no code with writer and reader. */
export function toAvro(batch: ModelBatch, envelope: BatchEnvelope): MetricBatch {
  const { source } = envelope
  return {
    ...envelope,
    batchId: Buffer.from(envelope.batchId),
    configVersion: BigInt(envelope.configVersion),
    receivedAtMs: BigInt(envelope.receivedAtMs),
    received: BigInt(envelope.received),
    refused: envelope.refused.map(({ reason, count }) => ({ reason, count: BigInt(count) })),
    points: BigInt(envelope.points),
    minTimeMs: BigInt(envelope.minTimeMs),
    maxTimeMs: BigInt(envelope.maxTimeMs),
    source:
      source === null ? null : { ...source, offset: BigInt(source.offset), appendTimeMs: BigInt(source.appendTimeMs) },
    body: { 'pegel.v1.Points': { groups: batch.groups.map(groupToAvro) } },
  }
}

function groupToAvro({ identity, runs }: ModelGroup): Group {
  const baseTime = runs[0]?.points[0]?.time ?? 0n
  return { baseTime, ...identity, series: runs.map((run) => runToAvro(run, baseTime)) }
}

function runToAvro(run: ModelRun, baseTime: bigint): Series {
  return {
    fingerprint: Buffer.from(run.fingerprint, 'hex'),
    identity: run.identity,
    startTime: run.start === null ? null : run.start - baseTime,
    points: pointsToAvro(run, baseTime),
    exemplars: run.points.flatMap(({ exemplars }, point) =>
      exemplars.map(({ time, traceId, spanId, ...rest }) => ({
        ...rest,
        point,
        time: time - baseTime,
        traceId: Buffer.from(traceId, 'hex'),
        spanId: Buffer.from(spanId, 'hex'),
      })),
    ),
  }
}

function pointsToAvro({ identity: { kind }, points }: ModelRun, baseTime: bigint): Series['points'] {
  const complex = points.map(({ time, flags, value }) => ({ time: time - baseTime, flags, ...withLongs(value) }))
  const of = complex as unknown as readonly never[]
  if (kind === 'histogram') return { 'pegel.v1.Histograms': { points: of } }
  if (kind === 'exponential_histogram') return { 'pegel.v1.ExponentialHistograms': { points: of } }
  if (kind === 'summary') return { 'pegel.v1.Summaries': { points: of } }
  return { 'pegel.v1.Numbers': { points: of } }
}

const longs = (counts: readonly number[]): bigint[] => counts.map((count) => BigInt(Math.round(count)))

function fractionsOf(value: HistogramPoint | ExponentialHistogramPoint): object | null {
  const { count } = value
  const whole = (counts: readonly number[]): boolean => counts.every((each) => Number.isInteger(each))
  if (value.kind === 'histogram') {
    const { counts } = value
    return whole([count, ...counts]) ? null : { count, counts }
  }
  const { zeroCount } = value
  const [positive, negative] = [value.positive.counts, value.negative.counts]
  if (whole([count, zeroCount, ...positive, ...negative])) return null
  return { count, zeroCount, positive, negative }
}

function withLongs(value: number | ComplexPoint): object {
  if (typeof value === 'number') return { value }
  const { kind, ...rest } = value
  const count = BigInt(Math.round(rest.count))
  if (kind === 'summary') return { ...rest, count }
  if (kind === 'histogram') return { ...rest, count, counts: longs(value.counts), fractional: fractionsOf(value) }
  const { positive, negative } = value
  return {
    ...rest,
    count,
    zeroCount: BigInt(Math.round(value.zeroCount)),
    fractional: fractionsOf(value),
    positive: { ...positive, counts: longs(positive.counts) },
    negative: { ...negative, counts: longs(negative.counts) },
  }
}

/** The groups of a value that avsc read; those without points are left out, as the reader of columns has no place for them. */
export function fromAvro({ body }: MetricBatch): ModelGroup[] {
  if (!('pegel.v1.Points' in body)) throw new Error('a sealed body')
  return body['pegel.v1.Points'].groups
    .map((group) => ({
      identity: {
        resource: group.resource.map((attribute) => ({ ...attribute })),
        scope: { ...group.scope, attributes: group.scope.attributes.map((attribute) => ({ ...attribute })) },
      },
      runs: group.series.map((series) => runFromAvro(series, group.baseTime)),
    }))
    .filter(({ runs }) => runs.length > 0)
}

function runFromAvro(series: Series, base: bigint): ModelRun {
  const { identity, startTime } = series
  const start = startTime === null ? null : base + startTime
  const points = (Object.values(series.points) as { points: readonly object[] }[])[0]?.points ?? []
  return {
    fingerprint: Buffer.from(series.fingerprint).toString('hex'),
    identity: { ...identity, attributes: identity.attributes.map((attribute) => ({ ...attribute })) },
    start: start === 0n ? null : start,
    points: points.map((point, index): ModelPoint => {
      const { time, flags, ...value } = point as { time: bigint; flags: number }
      return {
        time: base + time,
        flags: flags & 255,
        value: withNumbers(identity.kind, value),
        exemplars: series.exemplars
          .filter((exemplar) => exemplar.point === index)
          .map((exemplar) => ({
            time: base + exemplar.time,
            value: exemplar.value,
            traceId: Buffer.from(exemplar.traceId).toString('hex'),
            spanId: Buffer.from(exemplar.spanId).toString('hex'),
            attributes: exemplar.attributes.map((attribute) => ({ ...attribute })),
          })),
      }
    }),
  }
}

function withNumbers(kind: string, fields: object): ModelPoint['value'] {
  if ('value' in fields) return fields.value as number
  const { fractional, ...rest } = plain(fields) as Fractional
  return { kind, ...rest, ...fractions(fractional, rest) } as ComplexPoint
}

interface Fractional {
  readonly fractional?: FractionalFields | null
  readonly counts?: readonly number[]
  readonly positive?: { readonly counts: readonly number[] }
  readonly negative?: { readonly counts: readonly number[] }
}

interface FractionalFields {
  readonly count: number
  readonly zeroCount?: number
  readonly counts?: readonly number[]
  readonly positive?: readonly number[]
  readonly negative?: readonly number[]
}

/** A list of another length than that of the rounded counts is no batch, though it is Avro. */
function fractions(found: Fractional['fractional'], rounded: Fractional): object {
  if (found === null || found === undefined) return {}
  const { count, zeroCount, counts, positive, negative } = found
  const same = (list: readonly number[] = [], of: readonly number[] = []): boolean => list.length === of.length
  const fits =
    same(counts, rounded.counts) && same(positive, rounded.positive?.counts) && same(negative, rounded.negative?.counts)
  if (!fits) throw new Error('fractional counts that do not fit')
  if (counts !== undefined) return { count, counts }
  return {
    count,
    zeroCount,
    positive: { ...rounded.positive, counts: positive },
    negative: { ...rounded.negative, counts: negative },
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]))
}

/** Counts and times of the envelope, as sealBatch derives them. */
export function envelopeOf(batch: ModelBatch): BatchEnvelope {
  const times = batch.groups.flatMap(({ runs }) =>
    runs.flatMap(({ points }) => points.map(({ time }) => split(time).ms)),
  )
  const [minTimeMs, maxTimeMs] = times.length === 0 ? [0, 0] : [Math.min(...times), Math.max(...times)]
  return { ...batch.head, points: times.length, minTimeMs, maxTimeMs, codec: 'none', keyId: null }
}
