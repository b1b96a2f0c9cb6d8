import { hostLogSink, hostSink, together } from '@pegel/service'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { ElasticsearchConfig } from './config.ts'
import { createElasticsearchSink, createLogsSink } from './create-sink.ts'

/** Metrics and logs, each with a consumer group, lanes and offsets of its own: neither waits for the other. */
export function createHosted(context: ComponentContext<ElasticsearchConfig>): Hosted {
  const { config } = context
  const limits = {
    name: 'elasticsearch',
    // Each may hold half of what may be in memory.
    inFlightBytes: config.PEGEL_ELASTICSEARCH_IN_FLIGHT / 2,
    concurrentWrites: config.PEGEL_ELASTICSEARCH_CONCURRENT_WRITES,
    requestTimeoutMs: config.PEGEL_ELASTICSEARCH_TIMEOUT_MS,
  } as const
  const pointsPerSecond = config.PEGEL_REPLAY_POINTS_PER_SECOND
  const metrics = hostSink(context, {
    ...limits,
    sink: createElasticsearchSink(config),
    replay: { sink: createElasticsearchSink(config), pointsPerSecond },
  })
  const logs = hostLogSink(context, {
    ...limits,
    label: 'elasticsearch-logs',
    sink: createLogsSink(config),
    replay: { sink: createLogsSink(config), pointsPerSecond },
  })
  return together({ '': metrics, logs_: logs })
}
