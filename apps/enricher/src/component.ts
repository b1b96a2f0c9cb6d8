import { REPLAY_TOPIC } from '@pegel/pipeline'
import type { Component } from '@pegel/service'
import { EnricherModule } from './app.module.ts'
import { enricherConfig } from './config.ts'
import { ENRICHER_METRICS } from './enricher-metrics.ts'
import { DIRECT_TOPIC, INGEST_TOPIC } from './judge.ts'
import { METRICS_TOPIC } from './outcome-record.ts'

/** The manifest: hosts run it, the reference pages are made from it. */
export const component: Component<typeof enricherConfig> = {
  name: 'enricher',
  description: 'Isolates and enriches metrics: tenant check, tenant label, static labels, rules, canonical fingerprint',
  topics: {
    in: [INGEST_TOPIC, DIRECT_TOPIC, REPLAY_TOPIC],
    out: [METRICS_TOPIC, REPLAY_TOPIC, 'pegel.ledger.v1', 'pegel.dead-letters.v1'],
  },
  config: enricherConfig,
  metrics: ENRICHER_METRICS,
  module: EnricherModule,
}
