import { runSink } from '@pegel/pipeline'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { InfluxdbConfig } from './config.ts'
import { createInfluxdbSink } from './create-sink.ts'

/** A write may take several requests: one more for each halving, and others when it is large. */
const REQUESTS_PER_WRITE = 3
/** A quarter of all that may wait is the most that one tenant may hold. */
const LANE_SHARE = 4

/** Wires the sink into the running loop. */
export function createHosted(context: ComponentContext<InfluxdbConfig>): Hosted {
  const { config, kafka, tenants, schemas, instance, log, metrics } = context
  const totalBytes = config.PEGEL_INFLUXDB_IN_FLIGHT
  return runSink({
    name: 'influxdb',
    sink: createInfluxdbSink(config),
    kafka,
    tenants,
    schemas,
    instance,
    log,
    metrics,
    limits: {
      totalBytes,
      laneBytes: totalBytes / LANE_SHARE,
      concurrentWrites: config.PEGEL_INFLUXDB_CONCURRENT_WRITES,
      writeTimeoutMs: config.PEGEL_INFLUXDB_TIMEOUT_MS * REQUESTS_PER_WRITE,
    },
  })
}
