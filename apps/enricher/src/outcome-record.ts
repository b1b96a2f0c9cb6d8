import { buffers } from '@pegel/buffers'
import { NOTHING_BOOKED, sealBatch, sealInPlace } from '@pegel/contracts'
import type { BatchEnvelope, BatchHead, LedgerRow, PointsChunk, ReasonCount } from '@pegel/contracts'
import type { KafkaRecord, OutgoingRecord } from '@pegel/kafka'
import type { ProcessResult } from '@pegel/pipeline'

export const METRICS_TOPIC = 'pegel.metrics.v1'

/** W3C trace context and baggage travel on; a signature does not, since the bytes are others. */
const CARRIED_HEADERS = ['traceparent', 'tracestate', 'baggage']

/** All that is known of a source record once its points are judged. */
export interface Judged {
  readonly record: KafkaRecord
  readonly envelope: BatchEnvelope
  readonly configVersion: number
  /** Points that the client sent. */
  readonly received: number
  readonly receivedAtMs: number
  readonly protocol: string
  /** At the gateway and here. */
  readonly refused: readonly ReasonCount[]
  readonly dropped: readonly ReasonCount[]
  /** In borrowed buffers. */
  readonly chunks: readonly PointsChunk[]
}

/** Output records and ledger rows of one source record: one a part, and one with no points when none are left. Its values are borrowed; the chunks' buffers are theirs, or given back. */
export function toOutcome(judged: Judged): ProcessResult {
  const { record, envelope, chunks } = judged
  const parts = Math.max(1, chunks.length)
  const outputs: OutgoingRecord[] = []
  const rows: LedgerRow[] = []
  for (let part = 0; part < parts; part += 1) {
    const chunk = chunks[part]
    outputs.push({
      topic: METRICS_TOPIC,
      key: envelope.tenant,
      value: sealPart(judged, { chunk, part, parts }),
      headers: carriedHeaders(record),
    })
    rows.push({
      ...emptyRow(record, envelope.tenant),
      part,
      parts,
      configVersion: judged.configVersion,
      produced: chunk?.points ?? 0,
      // What is known of the whole record stands at its first part.
      received: part === 0 ? judged.received : 0,
      refused: part === 0 ? judged.refused : [],
      dropped: part === 0 ? judged.dropped : [],
    })
  }
  return { status: 'processed', outputs, rows }
}

/** A record of a deleted tenant: booked, and nothing of it goes on. */
export function deletedOutcome(record: KafkaRecord, envelope: BatchEnvelope): ProcessResult {
  const { tenant, received, refused, points } = envelope
  const row = { ...emptyRow(record, tenant), parts: 0, received, refused, tenantDeleted: points }
  return { status: 'processed', outputs: [], rows: [row] }
}

interface Part {
  readonly chunk: PointsChunk | undefined
  readonly part: number
  readonly parts: number
}

function sealPart(judged: Judged, { chunk, part, parts }: Part): Buffer {
  const { record, envelope } = judged
  const { topic, partition, offset, timestampMs } = record
  const head: BatchHead = {
    tenant: envelope.tenant,
    batchId: envelope.batchId,
    configVersion: judged.configVersion,
    receivedAtMs: judged.receivedAtMs,
    protocol: judged.protocol,
    received: part === 0 ? judged.received : 0,
    refused: part === 0 ? judged.refused : [],
    source: { topic, partition, offset, appendTimeMs: timestampMs, part, parts },
  }
  if (chunk === undefined) return sealBatch(head, [], buffers.borrow)
  const inPlace = sealInPlace(head, chunk)
  if (inPlace !== undefined) return inPlace
  const value = sealBatch(head, [chunk], buffers.borrow)
  buffers.giveBack(chunk.bytes)
  return value
}

function carriedHeaders(record: KafkaRecord): Record<string, Buffer> {
  const carried: Record<string, Buffer> = {}
  for (const name of CARRIED_HEADERS) {
    const value = record.headers[name]
    if (value !== undefined) carried[name] = value
  }
  return carried
}

function emptyRow(record: KafkaRecord, tenant: string): LedgerRow {
  const { topic, partition, offset, timestampMs } = record
  return {
    tenant,
    topic,
    partition,
    offset,
    part: 0,
    parts: 1,
    appendTimeMs: timestampMs,
    configVersion: 0,
    ...NOTHING_BOOKED,
  }
}
