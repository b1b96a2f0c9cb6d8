import { hostSink } from '@pegel/service'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { PrometheusConfig } from './config.ts'
import { createSink } from './create-sink.ts'
import { NO_STATE, SinkState } from './sink-state.ts'

const MAX_LANE_BYTES = 16 * 1024 * 1024
/** Half of all that may wait is the most that one tenant may hold. */
const LANE_SHARE = 2

export function createHosted(context: ComponentContext<PrometheusConfig>): Hosted {
  const { config, kafka, log } = context
  const inFlightBytes = config.PEGEL_PROMETHEUS_IN_FLIGHT_BYTES
  const requestTimeoutMs = config.PEGEL_PROMETHEUS_TIMEOUT_MS
  return hostSink(context, {
    name: 'prometheus',
    sink: createSink({ config, state: new SinkState(kafka), log }),
    // A replay adds to no running total.
    replay: {
      sink: createSink({ config, state: NO_STATE, log }),
      pointsPerSecond: config.PEGEL_REPLAY_POINTS_PER_SECOND,
    },
    inFlightBytes,
    concurrentWrites: config.PEGEL_PROMETHEUS_CONCURRENT_WRITES,
    requestTimeoutMs,
    limits: {
      laneBytes: Math.min(MAX_LANE_BYTES, inFlightBytes / LANE_SHARE),
      pointsPerWrite: config.PEGEL_PROMETHEUS_MAX_POINTS,
      writeTimeoutMs: requestTimeoutMs,
    },
  })
}
