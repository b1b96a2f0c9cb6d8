import { SINK_METRICS } from '@pegel/pipeline'
import type { Component } from '@pegel/service'
import { SinkPrometheusModule } from './app.module.ts'
import { prometheusConfig } from './config.ts'

/** The manifest: hosts run it, the reference pages are made from it. */
export const component: Component<typeof prometheusConfig> = {
  name: 'sink-prometheus',
  description: 'Writes metrics to Prometheus, Mimir, Cortex or VictoriaMetrics by remote write',
  topics: {
    in: ['pegel.metrics.v1', 'pegel.replay.v1', 'pegel.sink-state.v1', 'pegel.parked.v1'],
    out: ['pegel.sink-state.v1', 'pegel.ledger.v1', 'pegel.dead-letters.v1', 'pegel.parked.v1'],
  },
  config: prometheusConfig,
  metrics: SINK_METRICS,
  module: SinkPrometheusModule,
}
