import type { LineCaches } from '../line-protocol/index.ts'
import type { WriteCaches } from '../remote-write/index.ts'
import type { BehindDoors } from './door.ts'
import type { HttpRoute } from './http/http-route.ts'
import { AbsentEndpoint, StatusEndpoint } from './influx/status.endpoint.ts'
import { WriteEndpoint as LinesEndpoint } from './influx/write.endpoint.ts'
import { JsonMetricsEndpoint } from './json/metrics.endpoint.ts'
import { JsonLogsEndpoint } from './logs/json-logs.endpoint.ts'
import { OtlpLogsEndpoint } from './logs/otlp-logs.endpoint.ts'
import { OpenApiEndpoint } from './openapi/openapi.endpoint.ts'
import { OtlpMetricsEndpoint } from './otlp-http/otlp-metrics.endpoint.ts'
import { WriteEndpoint } from './remote-write/write.endpoint.ts'

export interface HttpRoutesOptions {
  readonly behind: Pick<BehindDoors, 'ingest' | 'logs' | 'labels'>
  readonly lines: LineCaches
  readonly writes: WriteCaches
}

/** All that is reached over HTTP, on one port. */
export function httpRoutes({ behind, lines, writes }: HttpRoutesOptions): readonly HttpRoute[] {
  const { ingest } = behind
  return [
    { paths: ['v1/metrics'], endpoint: new OtlpMetricsEndpoint(behind) },
    { paths: ['v1/logs'], endpoint: new OtlpLogsEndpoint(behind) },
    // Both of the paths that receivers have: Mimir's and Prometheus' own.
    { paths: ['api/v1/push', 'api/v1/write'], endpoint: new WriteEndpoint(ingest, writes) },
    { paths: ['write'], endpoint: new LinesEndpoint({ ingest, lines, dialect: 'v1' }) },
    { paths: ['api/v2/write'], endpoint: new LinesEndpoint({ ingest, lines, dialect: 'v2' }) },
    { paths: ['ping'], endpoint: new StatusEndpoint('ping') },
    { paths: ['health'], endpoint: new StatusEndpoint('health') },
    { paths: ['query'], endpoint: new AbsentEndpoint('v1') },
    { paths: ['api/v2/*'], endpoint: new AbsentEndpoint('v2') },
    { paths: ['api/v1/metrics'], endpoint: new JsonMetricsEndpoint(behind) },
    { paths: ['api/v1/logs'], endpoint: new JsonLogsEndpoint(behind) },
    { paths: ['openapi.json'], endpoint: new OpenApiEndpoint() },
  ]
}
