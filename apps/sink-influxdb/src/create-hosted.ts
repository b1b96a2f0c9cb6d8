import { hostSink } from '@pegel/service'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { InfluxdbConfig } from './config.ts'
import { createInfluxdbSink } from './create-sink.ts'

export const EXEMPLARS = {
  name: 'pegel_influxdb_exemplars_dropped_total',
  type: 'counter',
  help: 'Exemplars of stored points that line protocol has no place for',
} as const

export function createHosted(context: ComponentContext<InfluxdbConfig>): Hosted {
  const { config, metrics } = context
  const exemplars = metrics.counter(EXEMPLARS.name, EXEMPLARS.help, ['tenant'])
  const onExemplars = (tenant: string, count: number): void =>
    exemplars.inc({ tenant: metrics.tenantLabel(tenant) }, count)
  return hostSink(context, {
    name: 'influxdb',
    sink: createInfluxdbSink(config, onExemplars),
    replay: {
      sink: createInfluxdbSink(config, onExemplars),
      pointsPerSecond: config.PEGEL_REPLAY_POINTS_PER_SECOND,
    },
    inFlightBytes: config.PEGEL_INFLUXDB_IN_FLIGHT,
    concurrentWrites: config.PEGEL_INFLUXDB_CONCURRENT_WRITES,
    requestTimeoutMs: config.PEGEL_INFLUXDB_TIMEOUT_MS,
  })
}
