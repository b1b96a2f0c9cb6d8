import { createDeadLetterWriter, createTenantDirectory, runProcessor } from '@pegel/pipeline'
import { createLogger, createMetrics } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'
import type { ConsumerHandlers, KafkaPort } from '@pegel/kafka'
import { createMeter as createRouterMeter } from '../../../../apps/alert-router/src/router-metrics.ts'
import { createMeter } from '../../../../apps/anomaly-detector/src/detector-metrics.ts'
import { createObserver } from '../../../../apps/enricher/src/enricher-metrics.ts'
import { GatewayMetrics } from '../../../../apps/ingest-gateway/src/ingest/gateway-metrics.ts'
import { LogMetrics } from '../../../../apps/ingest-gateway/src/logs/log-metrics.ts'
import { LedgerMetrics } from '../../../../apps/ledger/src/ledger-metrics.ts'
import { createConsumerMetrics } from '../../../../libs/kafka/src/consumer-metrics.ts'
import { createProducerMetrics } from '../../../../libs/kafka/src/producer-metrics.ts'
import { ParkedMetrics } from '../../../../libs/pipeline/src/parking/parked-metrics.ts'
import { createSinkMetrics } from '../../../../libs/pipeline/src/sink-metrics.ts'
import type { Catalogue } from './catalogue.ts'

/** What a scrape adds; a service's own `tenant` label gives way to that of configs/prometheus.yml. */
const SCRAPED = ['job', 'instance', 'service', 'tenant']

/** What Pegel's services count of themselves: their own code declares it into a recorder. */
export async function addOwnMetrics(catalogue: Catalogue): Promise<void> {
  const metrics = recorder(catalogue)
  new GatewayMetrics(metrics)
  new LogMetrics(metrics)
  new LedgerMetrics(metrics)
  createObserver(metrics)
  createMeter(metrics)
  createRouterMeter(metrics)
  createSinkMetrics(metrics, 'any')
  new ParkedMetrics(metrics, 'any', 0)
  createConsumerMetrics(metrics, 'any')
  createProducerMetrics(metrics)
  await startLoops(metrics)
  catalogue.add('up', 'plain', SCRAPED)
}

/** Some loops declare theirs when they begin to work. */
async function startLoops(metrics: Metrics): Promise<void> {
  const log = createLogger({ service: 'catalogue', level: 'fatal' })
  const all: ConsumerHandlers[] = []
  const producer = { send: () => Promise.resolve([]), bytesInFlight: 0, close: () => Promise.resolve() }
  const kafka = {
    producer: () => producer,
    consumer: ({ handlers }: { readonly handlers: ConsumerHandlers }) => {
      all.push(handlers)
      return { pause: () => undefined, resume: () => undefined, close: () => Promise.resolve() }
    },
    readAll: () => Promise.resolve({ caughtUp: Promise.resolve(), close: () => Promise.resolve() }),
  } as unknown as KafkaPort
  createDeadLetterWriter({ producer, log, metrics })
  await createTenantDirectory({ kafka, log, metrics })
  const processor = { process: () => ({ status: 'wait' as const, reason: '' }) }
  const loop = runProcessor({ kafka, group: 'any', topics: [], processor, instance: 'any', log, metrics })
  for (const handlers of all) handlers.onAssigned({ epoch: 1, partitions: [] })
  await loop.stop(0)
}

function recorder(catalogue: Catalogue): Metrics {
  const real = createMetrics({ service: 'catalogue', defaults: false })
  const note = (name: string, kind: 'plain' | 'histogram', labels: readonly string[]): void => {
    catalogue.add(name, kind, [...SCRAPED, ...labels.map((label) => (label === 'tenant' ? 'exported_tenant' : label))])
  }
  return {
    ...real,
    counter(name, help, labels = []) {
      note(name, 'plain', labels)
      return real.counter(name, help, labels)
    },
    gauge(name, help, labels = []) {
      note(name, 'plain', labels)
      return real.gauge(name, help, labels)
    },
    histogram(name, help, buckets, labels = []) {
      note(name, 'histogram', labels)
      return real.histogram(name, help, buckets, labels)
    },
  }
}
