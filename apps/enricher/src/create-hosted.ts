import { runProcessor } from '@pegel/pipeline'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { EnricherConfig } from './config.ts'
import { createObserver } from './enricher-metrics.ts'
import { createEnricher } from './enricher.ts'
import { DIRECT_TOPIC, INGEST_TOPIC } from './judge.ts'

/** Wires the pure enricher into the running loop. */
export function createHosted(context: ComponentContext<EnricherConfig>): Hosted {
  const { config, kafka, tenants, schemas, instance, log, metrics, tracing } = context
  const observe = createObserver(metrics)
  const enricher = createEnricher({
    tenants,
    schemas,
    maxCacheBytes: config.PEGEL_ENRICHER_CACHE_BYTES,
    onProcessed: (result) => {
      observe(result, enricher)
    },
  })
  return runProcessor({
    kafka,
    group: 'enricher',
    topics: [INGEST_TOPIC, DIRECT_TOPIC],
    processor: enricher,
    ...{ instance, log, metrics, tracing },
    maxInFlightBytes: config.PEGEL_ENRICHER_IN_FLIGHT_BYTES,
  })
}
