import { REPLAY_TOPIC, runProcessor } from '@pegel/pipeline'
import { together } from '@pegel/service'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { EnricherConfig } from './config.ts'
import { createObserver } from './enricher-metrics.ts'
import { createEnricher } from './enricher.ts'
import { DIRECT_TOPIC, INGEST_TOPIC } from './judge.ts'
import { createReprocessor } from './reprocessor.ts'

/** What is processed once more has all the time in the world, and an eighth of the memory. */
const REPLAY_SHARE = 8

/** Wires the pure enricher into two running loops: for what comes in, and for what is to be processed once more. */
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
  const shared = { kafka, instance, log, metrics, tracing }
  const again = createEnricher({
    ...{ tenants, schemas, version: 'newest' },
    maxCacheBytes: config.PEGEL_ENRICHER_CACHE_BYTES / REPLAY_SHARE,
  })
  return together({
    '': runProcessor({
      ...{ ...shared, group: 'enricher', topics: [INGEST_TOPIC, DIRECT_TOPIC], processor: enricher },
      maxInFlightBytes: config.PEGEL_ENRICHER_IN_FLIGHT_BYTES,
    }),
    replay_: runProcessor({
      ...{
        ...shared,
        group: 'enricher.replay',
        topics: [REPLAY_TOPIC],
        processor: createReprocessor({ enricher: again, tenants }),
      },
      maxInFlightBytes: config.PEGEL_ENRICHER_IN_FLIGHT_BYTES / REPLAY_SHARE,
    }),
  })
}
