import { SINK_METRICS } from '@pegel/pipeline'
import type { Component } from '@pegel/service'
import { SinkElasticsearchModule } from './app.module.ts'
import { configSchema } from './config.ts'

/** The manifest: hosts run it, the reference pages are made from it. */
export const component: Component<typeof configSchema> = {
  name: 'sink-elasticsearch',
  description:
    'Writes metrics and logs to Elasticsearch: time series data streams for each tenant or for all, and a stream of logs for each tenant',
  topics: {
    in: ['pegel.metrics.v1', 'pegel.events.v1', 'pegel.replay.v1', 'pegel.parked.v1'],
    out: ['pegel.ledger.v1', 'pegel.dead-letters.v1', 'pegel.parked.v1'],
  },
  config: configSchema,
  metrics: SINK_METRICS,
  module: SinkElasticsearchModule,
}
