import { hostSink } from '@pegel/service'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { ElasticsearchConfig } from './config.ts'
import { createElasticsearchSink } from './create-sink.ts'

export function createHosted(context: ComponentContext<ElasticsearchConfig>): Hosted {
  const { config } = context
  return hostSink(context, {
    name: 'elasticsearch',
    sink: createElasticsearchSink(config),
    inFlightBytes: config.PEGEL_ELASTICSEARCH_IN_FLIGHT,
    concurrentWrites: config.PEGEL_ELASTICSEARCH_CONCURRENT_WRITES,
    requestTimeoutMs: config.PEGEL_ELASTICSEARCH_TIMEOUT_MS,
  })
}
