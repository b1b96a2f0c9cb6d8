import { addRecord } from '../../apps/sink-prometheus/src/add-points.ts'
import { prometheusConfig } from '../../apps/sink-prometheus/src/config.ts'
import { createSink } from '../../apps/sink-prometheus/src/create-sink.ts'
import { SinkState } from '../../apps/sink-prometheus/src/sink-state.ts'
import { RenderingCache } from '../../apps/sink-prometheus/src/rendering-cache.ts'
import { WriteRequest } from '../../apps/sink-prometheus/src/write-request.ts'
import { createKafka } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import type { SinkSubject } from './subject.ts'

const request = new WriteRequest()
const renderings = new RenderingCache(500_000, 256 * 1024 * 1024)

export const prometheus: SinkSubject = {
  name: 'prometheus',
  variable: 'PEGEL_PROMETHEUS_URL',
  encode(tenant, records) {
    request.clear()
    records.forEach((record, index) => {
      addRecord(request, index, record, {
        nativeHistograms: true,
        customBuckets: false,
        exemplars: true,
        rendering: (_record, run) => renderings.get(tenant, run),
        accumulated: () => new Map(),
      })
    })
    request.settle()
    return request.encode().length
  },
  connect() {
    if (process.env.PEGEL_PROMETHEUS_URL === undefined) return undefined
    const log = createLogger({ service: 'bench', level: 'error' })
    const metrics = createMetrics({ service: 'bench', defaults: false })
    // Only totals of delta series go to Kafka, and the records have none: it is never connected to.
    const kafka = createKafka({ brokers: ['localhost:9092'], clientId: 'bench', log, metrics })
    return createSink({ config: prometheusConfig.parse(process.env), state: new SinkState(kafka), log })
  },
}
