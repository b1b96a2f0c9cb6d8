import { fluxDuration, flux, InfluxDB } from '@influxdata/influxdb-client'
import { AuthorizationsAPI, BucketsAPI, OrgsAPI } from '@influxdata/influxdb-client-apis'
import type { Bucket } from '@influxdata/influxdb-client-apis'
import { requireInfluxdb } from '@pegel/testing'
import type { StoredSeries } from '@pegel/testing'
import { configSchema } from '../src/config.ts'
import { createInfluxdbSink } from '../src/create-sink.ts'
import type { SinkSettings } from '../src/create-sink.ts'

export const RETENTION_DAYS = 30

export function settings(overrides: Partial<Record<keyof SinkSettings, string>> = {}): SinkSettings {
  const { url, token, org } = requireInfluxdb()
  const environment = { PEGEL_INFLUXDB_URL: url, PEGEL_INFLUXDB_TOKEN: token, PEGEL_INFLUXDB_ORG: org, ...overrides }
  return { ...configSchema.parse(environment), MONITORING_RETENTION_DAYS: RETENTION_DAYS }
}

export const createSink = (overrides: Parameters<typeof settings>[0] = {}): ReturnType<typeof createInfluxdbSink> =>
  createInfluxdbSink(settings(overrides))

export interface Row {
  readonly _time: string
  readonly _measurement: string
  readonly _field: string
  readonly _value: number | string
  readonly [tag: string]: unknown
}

/** All rows of a bucket with this tenant's tag, by time; an unknown bucket has none. */
export async function rowsOf(bucket: string, tenant: string): Promise<readonly Row[]> {
  const { url, token, org } = requireInfluxdb()
  const start = fluxDuration(`-${RETENTION_DAYS + 1}d`)
  const query = flux`from(bucket: ${bucket}) |> range(start: ${start}, stop: 1h) |> filter(fn: (r) => r.tenant == ${tenant})`
  try {
    const rows = await new InfluxDB({ url, token }).getQueryApi(org).collectRows<Row>(query)
    return rows.sort((a, b) => Date.parse(a._time) - Date.parse(b._time))
  } catch (error) {
    if (error instanceof Error && error.message.includes('could not find bucket')) return []
    throw error
  }
}

const COLUMNS = ['result', 'table', '_start', '_stop', '_time', '_value', '_field', '_measurement']

export function labelsOf(row: Row): Record<string, string> {
  const tags = Object.entries(row).filter(([key, value]) => !COLUMNS.includes(key) && value !== '' && value !== null)
  return Object.fromEntries(tags.map(([key, value]) => [key, String(value)]))
}

export function seriesOf(rows: readonly Row[]): StoredSeries[] {
  const byKey = new Map<
    string,
    { name: string; labels: Record<string, string>; points: { timeMs: number; value: number }[] }
  >()
  for (const row of rows) {
    const labels = labelsOf(row)
    const key = JSON.stringify([row._measurement, row._field, Object.entries(labels).sort()])
    const series = byKey.get(key) ?? { name: row._measurement, labels, points: [] }
    series.points.push({ timeMs: Date.parse(row._time), value: Number(row._value) })
    byKey.set(key, series)
  }
  return [...byKey.values()]
}

/** Lines written past the sink. */
export async function writeLines(bucket: string, lines: string): Promise<void> {
  const { url, token, org } = requireInfluxdb()
  const path = `${url}/api/v2/write?${new URLSearchParams({ org, bucket }).toString()}`
  const answer = await fetch(path, { method: 'POST', headers: { authorization: `Token ${token}` }, body: lines })
  if (answer.status !== 204) throw new Error(await answer.text())
}

export async function bucketNamed(name: string): Promise<Bucket | undefined> {
  const { url, token, org } = requireInfluxdb()
  const found = await new BucketsAPI(new InfluxDB({ url, token })).getBuckets({ org, name }).catch(() => undefined)
  return found?.buckets?.[0]
}

export async function removeBucket(name: string): Promise<void> {
  const { url, token } = requireInfluxdb()
  const bucketID = (await bucketNamed(name))?.id
  if (bucketID !== undefined) await new BucketsAPI(new InfluxDB({ url, token })).deleteBucketsID({ bucketID })
}

/** A token that may see the organisation and read its buckets, and write to none. */
export async function readOnlyToken(): Promise<string> {
  const { url, token, org } = requireInfluxdb()
  const influx = new InfluxDB({ url, token })
  const orgID = (await new OrgsAPI(influx).getOrgs({ org })).orgs?.[0]?.id ?? ''
  const permissions = [{ action: 'read' as const, resource: { type: 'buckets' as const, orgID } }]
  const made = await new AuthorizationsAPI(influx).postAuthorizations({
    body: { orgID, permissions, description: 'Pegel test' },
  })
  return made.token ?? ''
}
