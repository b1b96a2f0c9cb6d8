import type { ComponentContext, Hosted } from '@pegel/service'
import type { DetectorConfig } from './config.ts'
import { createMeter } from './detector-metrics.ts'
import { readRecordings } from './recording/recording.ts'
import { runDetector } from './run/run-detector.ts'

/** Wires the detector to what the host gives. */
export function createHosted(context: ComponentContext<DetectorConfig>): Hosted {
  const { config, kafka, tenants, schemas, log, metrics } = context
  return runDetector({
    ...{ kafka, tenants, schemas, log, metrics },
    group: 'anomaly-detector',
    meter: createMeter(metrics),
    maxSeries: config.PEGEL_DETECTOR_MAX_SERIES,
    recordings: readRecordings(config.PEGEL_DETECTOR_RECORDINGS),
    partitionCount: config.PEGEL_PARTITIONS,
    checkpointIntervalMs: config.PEGEL_DETECTOR_CHECKPOINT_INTERVAL,
    maxInFlightBytes: config.PEGEL_DETECTOR_IN_FLIGHT_BYTES,
  })
}
