import { contractErrors, ReadPoints } from '@pegel/contracts'
import type { BatchEnvelope, MetricPoints } from '@pegel/contracts'
import { METRICS_TOPIC } from './ledger-positions.ts'
import type { RecordKind } from './record-kind.ts'
import { sinkErrors } from './sink-errors.ts'
import type { MetricRecord } from './sink.ts'

/** How a record's bytes become points; `envelope` must not touch the points. */
export interface BatchDecoder {
  envelope(value: Buffer): BatchEnvelope
  batch(value: Buffer): { readonly envelope: BatchEnvelope; readonly points: MetricPoints }
}

/** MetricBatches of `metrics`. The enricher says in each where it came from. */
export function metricRecords(decoder: BatchDecoder): RecordKind<MetricRecord> {
  return {
    topic: METRICS_TOPIC,
    open({ value, memory }) {
      const envelope = decoder.envelope(value)
      return {
        envelope,
        source: envelope.source,
        read(place) {
          const points = readPoints(decoder, envelope, value)
          if (points instanceof ReadPoints) memory?.join(points.memory())
          return { ...place, envelope, points }
        },
      }
    },
  }
}

function readPoints(decoder: BatchDecoder, { keyId, points: named }: BatchEnvelope, value: Buffer): MetricPoints {
  if (keyId !== null) throw contractErrors.sealed_body({ keyId })
  const { points } = decoder.batch(value)
  const counted = points.columns.length
  if (counted !== named) throw sinkErrors.count_mismatch({ named, counted })
  return points
}
