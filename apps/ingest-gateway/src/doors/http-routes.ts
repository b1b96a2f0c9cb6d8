import type { LineCaches } from '../line-protocol/index.ts'
import type { WriteCaches } from '../remote-write/index.ts'
import { ActEndpoint } from './alerts/act.endpoint.ts'
import { ActionsEndpoint } from './alerts/actions.endpoint.ts'
import { AlertsEndpoint } from './alerts/alerts.endpoint.ts'
import { ExpireEndpoint, SettingsEndpoint } from './alerts/settings.endpoint.ts'
import { WebhookEndpoint } from './alerts/webhook.endpoint.ts'
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
  readonly behind: Pick<BehindDoors, 'ingest' | 'logs' | 'labels' | 'alerts' | 'alertBook' | 'tenants'>
  readonly lines: LineCaches
  readonly writes: WriteCaches
  /** Of the links in alert messages. */
  readonly linkSecret: string | undefined
}

/** All that is reached over HTTP, on one port. */
export function httpRoutes({ behind, lines, writes, linkSecret }: HttpRoutesOptions): readonly HttpRoute[] {
  const { ingest, alerts, alertBook: book, tenants } = behind
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
    { paths: ['api/v1/alerts'], endpoint: new AlertsEndpoint(alerts, book) },
    { paths: ['api/v1/alerts/:target/acknowledge'], endpoint: new ActionsEndpoint(alerts, 'acknowledge') },
    { paths: ['api/v1/alerts/:target/resolve'], endpoint: new ActionsEndpoint(alerts, 'resolve') },
    { paths: ['api/v1/silences'], endpoint: new SettingsEndpoint({ intake: alerts, book, kind: 'silences' }) },
    { paths: ['api/v1/silences/:id'], endpoint: new ExpireEndpoint(alerts, 'silences') },
    { paths: ['api/v1/overrides'], endpoint: new SettingsEndpoint({ intake: alerts, book, kind: 'overrides' }) },
    { paths: ['api/v1/overrides/:id'], endpoint: new ExpireEndpoint(alerts, 'overrides') },
    { paths: ['api/v1/alertmanager/webhook'], endpoint: new WebhookEndpoint(alerts, tenants) },
    { paths: ['alerts/act'], endpoint: new ActEndpoint({ intake: alerts, tenants, secret: linkSecret }) },
    { paths: ['openapi.json'], endpoint: new OpenApiEndpoint() },
  ]
}
