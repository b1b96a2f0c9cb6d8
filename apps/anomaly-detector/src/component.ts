import type { Component } from '@pegel/service'
import { AnomalyDetectorModule } from './app.module.ts'
import { detectorConfig } from './config.ts'
import { DETECTOR_METRICS } from './detector-metrics.ts'
import { ALERTS_TOPIC, ANOMALIES_TOPIC, METRICS_TOPIC, STATE_TOPIC } from './topics.ts'

/** The manifest: hosts run it, the reference pages are made from it. */
export const component: Component<typeof detectorConfig> = {
  name: 'anomaly-detector',
  description: 'Watches series of metrics: anomalies, drift and coming trouble, to anomalies and alerts',
  topics: { in: [METRICS_TOPIC, STATE_TOPIC], out: [ANOMALIES_TOPIC, ALERTS_TOPIC, STATE_TOPIC] },
  config: detectorConfig,
  metrics: DETECTOR_METRICS,
  module: AnomalyDetectorModule,
}
