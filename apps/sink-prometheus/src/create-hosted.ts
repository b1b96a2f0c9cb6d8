import { runSink } from '@pegel/pipeline'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { PrometheusConfig } from './config.ts'
import { createSink } from './create-sink.ts'

/** Half of all that may wait is the most that one tenant may hold. */
const LANE_SHARE = 2

/** Wires the sink into the running loop. */
export function createHosted(context: ComponentContext<PrometheusConfig>): Hosted {
  const { config, kafka, tenants, schemas, instance, log, metrics } = context
  const totalBytes = config.PEGEL_PROMETHEUS_IN_FLIGHT_BYTES
  return runSink({
    name: 'prometheus',
    sink: createSink({ config, kafka, log }),
    kafka,
    tenants,
    schemas,
    instance,
    log,
    metrics,
    limits: {
      totalBytes,
      laneBytes: Math.min(16 * 1024 * 1024, totalBytes / LANE_SHARE),
      pointsPerWrite: config.PEGEL_PROMETHEUS_MAX_POINTS,
      concurrentWrites: config.PEGEL_PROMETHEUS_CONCURRENT_WRITES,
      writeTimeoutMs: config.PEGEL_PROMETHEUS_TIMEOUT_MS,
    },
  })
}
