import type { SinkParts } from '@pegel/testing'
import { prometheusConfig } from '../src/config.ts'
import { createSink } from '../src/create-sink.ts'
import { SinkState } from '../src/sink-state.ts'
import type { PrometheusSink } from '../src/prometheus.sink.ts'

/** The sink as it is without any settings, at this address. */
export function testSink(
  { url, kafka, log }: Pick<SinkParts, 'url' | 'kafka' | 'log'>,
  environment: Readonly<Record<string, string>> = {},
): PrometheusSink {
  return createSink({
    config: prometheusConfig.parse({ PEGEL_PROMETHEUS_URL: url, ...environment }),
    state: new SinkState(kafka),
    log,
  })
}
