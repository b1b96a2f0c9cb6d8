import type { Component } from '@pegel/service'
import { AppModule } from './app.module.ts'
import { ALERT_METRICS } from './alerts/index.ts'
import { configSchema } from './config.ts'
import { MQTT_METRICS } from './doors/mqtt/mqtt-metrics.ts'
import { STATSD_METRICS } from './doors/statsd/statsd-metrics.ts'
import { GATEWAY_METRICS } from './ingest/gateway-metrics.ts'
import { LOG_METRICS } from './logs/index.ts'

export const component: Component<typeof configSchema> = {
  name: 'ingest-gateway',
  description:
    'Takes metrics and logs of many tenants over HTTP, gRPC and more, and answers success once Kafka has them.',
  topics: { in: [], out: ['pegel.ingest.v1', 'pegel.events.v1', 'pegel.alerts.v1', 'pegel.ledger.v1'] },
  config: configSchema,
  metrics: [...GATEWAY_METRICS, ...LOG_METRICS, ...STATSD_METRICS, ...MQTT_METRICS, ...ALERT_METRICS],
  // A million active series are 330 MB that stay, and what a request takes is freed at once.
  heapGrowthPercent: 30,
  module: AppModule,
}
