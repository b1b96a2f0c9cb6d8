import { SINK_METRICS } from '@pegel/pipeline'
import type { Component } from '@pegel/service'
import { SinkInfluxdbModule } from './app.module.ts'
import { configSchema } from './config.ts'
import { EXEMPLARS } from './create-hosted.ts'

/** The manifest: hosts run it, the reference pages are made from it. */
export const component: Component<typeof configSchema> = {
  name: 'sink-influxdb',
  description: 'Writes metrics to InfluxDB 2 as line protocol, a bucket for each tenant or one for all',
  topics: {
    in: ['pegel.metrics.v1', 'pegel.replay.v1', 'pegel.parked.v1'],
    out: ['pegel.ledger.v1', 'pegel.dead-letters.v1', 'pegel.parked.v1'],
  },
  config: configSchema,
  metrics: [...SINK_METRICS, EXEMPLARS],
  module: SinkInfluxdbModule,
}
