import { readBatch, readEnvelope, sealBatch } from '@pegel/contracts'
import type { BatchEnvelope, BatchHead, PointsChunk, SeriesIdentity } from '@pegel/contracts'
import { parseGroupBlock, parseSeriesBlock } from '@pegel/contracts'
import type { KafkaRecord, OutgoingRecord } from '@pegel/kafka'
import { batchOf } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'

export const APPENDED_MS = 1_750_000_000_000

/** A record as the gateway writes it. */
export function ingestRecord(
  series: readonly SeriesSpec[],
  head: Partial<BatchHead> = {},
  over: Partial<KafkaRecord> = {},
): KafkaRecord {
  const { value } = batchOf('acme', series, {
    source: null,
    batchId: Buffer.alloc(16, 7),
    receivedAtMs: APPENDED_MS - 5,
    ...head,
  })
  return {
    topic: 'pegel.ingest.v1',
    partition: 2,
    offset: 40,
    timestampMs: APPENDED_MS,
    key: Buffer.from('acme'),
    value,
    headers: {},
    ...over,
  }
}

export interface ReadSeries {
  readonly identity: SeriesIdentity
  readonly resource: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly points: readonly (readonly [timeMs: number, value: number])[]
}

/** The bytes of a record that must have some. */
export function bytesOf(record: { readonly value: Buffer | null } | undefined): Buffer {
  if (record?.value == null) throw new Error('there is no such record')
  return record.value
}

/** A clear batch of these points. */
export function sealed(chunks: readonly PointsChunk[]): Buffer {
  return sealBatch(readEnvelope(bytesOf(ingestRecord([]))), chunks)
}

/** Every point of a batch with all that belongs to it, in order. */
export function pointsOf(value: Buffer): unknown[] {
  const { points } = readBatch(value)
  const { columns, exemplars } = points
  return points.series.flatMap((run) => {
    const { attributes, ...identity } = parseSeriesBlock(run.block)
    return [...Array(run.count).keys()].map((index) => {
      const at = run.first + index
      return {
        ...identity,
        ...parseGroupBlock(run.group.block),
        attributes: attributes.filter(({ key }) => key !== 'tenant'),
        tenant: attributes.find(({ key }) => key === 'tenant')?.value,
        start: [run.startTimeMs, run.startTimeNs],
        time: [columns.timeMs[at], columns.timeNs[at]],
        value: columns.value[at],
        flags: columns.flags[at],
        complex: columns.complex?.[at],
        exemplars: exemplars.filter(({ point }) => point === at).map((exemplar) => ({ ...exemplar, point: 0 })),
      }
    })
  })
}

/** What an output record says, in plain objects. */
export function readOutput(output: OutgoingRecord | undefined): {
  readonly envelope: BatchEnvelope
  readonly series: readonly ReadSeries[]
} {
  const { envelope, points } = readBatch(bytesOf(output))
  const { columns } = points
  const series = points.series.map((run) => {
    const identity = parseSeriesBlock(run.block)
    const group = parseGroupBlock(run.group.block)
    const at = [...Array(run.count).keys()].map((index) => run.first + index)
    return {
      identity,
      labels: plain(identity.attributes),
      resource: plain(group.resource),
      points: at.map((index) => [columns.timeMs[index] ?? 0, columns.value[index] ?? 0] as const),
    }
  })
  return { envelope, series }
}

function plain(attributes: readonly { readonly key: string; readonly value: string }[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]))
}
