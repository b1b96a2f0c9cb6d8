import type { Metrics } from '@pegel/telemetry'
import { codeOf } from './errors.ts'

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export interface ProducerMetrics {
  produced(topic: string, records: number, bytes: number): void
  request(startedAt: number): void
  failed(error: unknown): void
  newProducerId(): void
  inFlight(change: number): void
}

export function createProducerMetrics(metrics: Metrics): ProducerMetrics {
  const records = metrics.counter('pegel_kafka_produced_records_total', 'Records that Kafka acknowledged.', ['topic'])
  const bytes = metrics.counter('pegel_kafka_produced_bytes_total', 'Bytes of acknowledged records, uncompressed.', [
    'topic',
  ])
  const seconds = metrics.histogram('pegel_kafka_produce_seconds', 'Time of one produce request cycle.', SECONDS)
  const errors = metrics.counter('pegel_kafka_produce_errors_total', 'Failed sends by error code.', ['code'])
  const ids = metrics.counter('pegel_kafka_producer_ids_total', 'Producer ids taken; more than one means failures.')
  const inFlight = metrics.gauge('pegel_kafka_bytes_in_flight', 'Bytes given to send() and not yet acknowledged.')
  return {
    produced: (topic, count, size) => {
      records.inc({ topic }, count)
      bytes.inc({ topic }, size)
    },
    request: (startedAt) => seconds.observe((performance.now() - startedAt) / 1000),
    failed: (error) => errors.inc({ code: codeOf(error) }),
    newProducerId: () => ids.inc(),
    inFlight: (change) => inFlight.inc(change),
  }
}
