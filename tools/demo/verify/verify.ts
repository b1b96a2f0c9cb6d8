import type { SentPoint } from '../journal/read-journal.ts'
import type { DemoTenant } from '../run/tenants.ts'
import { compare } from './compare.ts'
import type { Cell, Comparison } from './compare.ts'
import { elasticsearchCells } from './elasticsearch-cells.ts'
import { readElasticsearch } from './elasticsearch-read.ts'
import { influxdbCells, victoriaMetricsCells } from './influxdb-cells.ts'
import { readInfluxdb, readVictoriaMetrics } from './influxdb-read.ts'
import { prometheusCells } from './prometheus-cells.ts'
import { readPrometheus } from './prometheus-read.ts'

export interface VerifyOptions {
  /** Addresses under their usual names; a backend without one is not asked. */
  readonly env: Readonly<Record<string, string>>
  readonly tenants: readonly DemoTenant[]
  readonly sinceMs: number
}

export interface BackendResult {
  readonly backend: string
  readonly comparison: Comparison
}

/** Asks every backend for all it has of these tenants and compares that with the points that must be there. */
export async function verifyBackends(points: readonly SentPoint[], options: VerifyOptions): Promise<BackendResult[]> {
  const { env } = options
  const results: Promise<BackendResult>[] = []
  if (env.PEGEL_PROMETHEUS_URL !== undefined) results.push(prometheus(points, env.PEGEL_PROMETHEUS_URL, options))
  if (env.PEGEL_ELASTICSEARCH_URL !== undefined)
    results.push(elasticsearch(points, env.PEGEL_ELASTICSEARCH_URL, options))
  const { PEGEL_VICTORIAMETRICS_URL: standIn, PEGEL_INFLUXDB_URL: influx } = env
  if (standIn !== undefined) results.push(victoriaMetrics(points, standIn, options))
  else if (influx !== undefined) results.push(influxdb(points, influx, options))
  return Promise.all(results)
}

async function prometheus(
  points: readonly SentPoint[],
  url: string,
  { tenants, sinceMs }: VerifyOptions,
): Promise<BackendResult> {
  const names = tenants.map(({ tenant }) => tenant).join('|')
  const cells = await readPrometheus(url, `{__name__!="",tenant=~"${names}"}`, sinceMs)
  const here = new Set(cells.map(({ tenant, series, time }) => `${tenant} ${series} ${time}`))
  const expected = prometheusCells(points, (tenant, series, time) => here.has(`${tenant} ${series} ${time}`))
  return { backend: 'Prometheus', comparison: compare(expected, cells) }
}

async function elasticsearch(
  points: readonly SentPoint[],
  url: string,
  { tenants, sinceMs }: VerifyOptions,
): Promise<BackendResult> {
  const dedicated = dedicatedOf(tenants)
  const streamOf = (tenant: string): string =>
    dedicated.has(tenant) ? `metrics-pegel.tenant-${tenant}` : 'metrics-pegel.shared-default'
  const cells = await readElasticsearch(url, streamOf, { sinceMs })
  return { backend: 'Elasticsearch', comparison: compare(elasticsearchCells(points), ofTenants(cells, tenants)) }
}

async function influxdb(points: readonly SentPoint[], url: string, options: VerifyOptions): Promise<BackendResult> {
  const { env, tenants, sinceMs } = options
  const dedicated = dedicatedOf(tenants)
  const bucketOf = (tenant: string): string => (dedicated.has(tenant) ? `pegel_${tenant}` : 'pegel-shared')
  const address = { url, token: env.PEGEL_INFLUXDB_TOKEN ?? '', org: env.PEGEL_INFLUXDB_ORG ?? '' }
  const buckets = [...new Set(tenants.map(({ tenant }) => bucketOf(tenant)))]
  const cells = await readInfluxdb(address, bucketOf, { buckets, sinceMs })
  return { backend: 'InfluxDB', comparison: compare(influxdbCells(points), ofTenants(cells, tenants)) }
}

async function victoriaMetrics(
  points: readonly SentPoint[],
  url: string,
  { tenants, sinceMs }: VerifyOptions,
): Promise<BackendResult> {
  const cells = await readVictoriaMetrics(url, `{tenant=~"${tenants.map(({ tenant }) => tenant).join('|')}"}`, sinceMs)
  return { backend: 'VictoriaMetrics', comparison: compare(victoriaMetricsCells(points), cells, aboutTheSame) }
}

/** VictoriaMetrics keeps some twelve digits. */
function aboutTheSame(sent: number, found: number): boolean {
  return Math.abs(sent - found) <= 1e-9 * Math.abs(sent)
}

/** A backend that is not the demo's own may hold other tenants' data, too. */
function ofTenants(cells: readonly Cell[], tenants: readonly DemoTenant[]): Cell[] {
  const names = new Set(tenants.map(({ tenant }) => tenant))
  return cells.filter(({ tenant }) => names.has(tenant))
}

function dedicatedOf(tenants: readonly DemoTenant[]): ReadonlySet<string> {
  return new Set(tenants.filter(({ placement }) => placement === 'dedicated').map(({ tenant }) => tenant))
}
