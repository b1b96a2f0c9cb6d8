import { hostSink } from '@pegel/service'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { InfluxdbConfig } from './config.ts'
import { createInfluxdbSink } from './create-sink.ts'

export function createHosted(context: ComponentContext<InfluxdbConfig>): Hosted {
  const { config } = context
  return hostSink(context, {
    name: 'influxdb',
    sink: createInfluxdbSink(config),
    inFlightBytes: config.PEGEL_INFLUXDB_IN_FLIGHT,
    concurrentWrites: config.PEGEL_INFLUXDB_CONCURRENT_WRITES,
    requestTimeoutMs: config.PEGEL_INFLUXDB_TIMEOUT_MS,
  })
}
