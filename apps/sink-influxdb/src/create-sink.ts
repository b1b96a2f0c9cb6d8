import type { Sink } from '@pegel/pipeline'
import type { InfluxdbConfig } from './config.ts'
import { createInfluxdbClient } from './influxdb.client.ts'
import { InfluxdbSink } from './influxdb.sink.ts'
import { createPacker } from './gzip/packer.ts'
import { LineCache } from './line-cache.ts'

const DAY_SECONDS = 86_400

/** Finding refused points one by one ends here; what was settled by then is not sent again. */
const MAX_REQUESTS_PER_WRITE = 200

export type SinkSettings = InfluxdbConfig & { readonly MONITORING_RETENTION_DAYS: number }

export function createInfluxdbSink(config: SinkSettings, onExemplars?: (tenant: string, count: number) => void): Sink {
  const client = createInfluxdbClient({
    url: config.PEGEL_INFLUXDB_URL,
    token: config.PEGEL_INFLUXDB_TOKEN,
    org: config.PEGEL_INFLUXDB_ORG,
    timeoutMs: config.PEGEL_INFLUXDB_TIMEOUT_MS,
  })
  return new InfluxdbSink({
    client,
    pack: createPacker(config.PEGEL_INFLUXDB_GZIP_LEVEL),
    ...(onExemplars === undefined ? {} : { onExemplars }),
    lines: new LineCache(config.PEGEL_INFLUXDB_SERIES_CACHE),
    retentionSeconds: config.MONITORING_RETENTION_DAYS * DAY_SECONDS,
    limits: {
      maxLines: config.PEGEL_INFLUXDB_MAX_LINES,
      maxBytes: config.PEGEL_INFLUXDB_MAX_BYTES,
      maxRequests: MAX_REQUESTS_PER_WRITE,
    },
  })
}
