import { runSink } from '@pegel/pipeline'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { ElasticsearchConfig } from './config.ts'
import { createElasticsearchSink } from './create-sink.ts'

/** A write may take several requests: one more for each halving, and others when it is large. */
const REQUESTS_PER_WRITE = 3
/** A quarter of all that may wait is the most that one tenant may hold. */
const LANE_SHARE = 4

/** Wires the sink into the running loop. */
export function createHosted(context: ComponentContext<ElasticsearchConfig>): Hosted {
  const { config, kafka, tenants, schemas, instance, log, metrics } = context
  const totalBytes = config.PEGEL_ELASTICSEARCH_IN_FLIGHT
  return runSink({
    name: 'elasticsearch',
    sink: createElasticsearchSink(config),
    kafka,
    tenants,
    schemas,
    instance,
    log,
    metrics,
    limits: {
      totalBytes,
      laneBytes: totalBytes / LANE_SHARE,
      concurrentWrites: config.PEGEL_ELASTICSEARCH_CONCURRENT_WRITES,
      writeTimeoutMs: config.PEGEL_ELASTICSEARCH_TIMEOUT_MS * REQUESTS_PER_WRITE,
    },
  })
}
