import { InfluxDB } from '@influxdata/influxdb-client'
import type { Cell } from './compare.ts'
import { exportedCells, rowCell } from './influxdb-cells.ts'
import type { ExportedSeries } from './influxdb-cells.ts'

export interface InfluxAddress {
  readonly url: string
  readonly token: string
  readonly org: string
}

export interface InfluxSelection {
  readonly buckets: readonly string[]
  readonly sinceMs: number
  /** All of them unless some are named. */
  readonly tenants?: readonly string[]
}

/** All points since a time in these buckets. */
export async function readInfluxdb(
  { url, token, org }: InfluxAddress,
  bucketOf: (tenant: string) => string,
  { buckets, sinceMs, tenants }: InfluxSelection,
): Promise<Cell[]> {
  const api = new InfluxDB({ url, token, timeout: 60_000 }).getQueryApi(org)
  const cells: Cell[] = []
  const named = tenants?.map((tenant) => `r.tenant == ${JSON.stringify(tenant)}`).join(' or ')
  const filter = named === undefined ? '' : ` |> filter(fn: (r) => ${named})`
  for (const bucket of buckets) {
    const range = `range(start: ${new Date(sinceMs).toISOString()}, stop: 1h)`
    const query = `from(bucket: ${JSON.stringify(bucket)}) |> ${range}${filter}`
    for await (const { values, tableMeta } of api.iterateRows(query)) {
      cells.push(rowCell(tableMeta.toObject(values), bucket, bucketOf))
    }
  }
  return cells
}

/** All samples of the stand-in since a time. */
export async function readVictoriaMetrics(url: string, selector: string, sinceMs: number): Promise<Cell[]> {
  const query = new URLSearchParams({ 'match[]': selector, start: String(sinceMs / 1000) })
  // What has just come in is not searchable for a second or so.
  await fetch(`${url}/internal/force_flush`)
  const response = await fetch(`${url}/api/v1/export`, { method: 'POST', body: query })
  if (!response.ok) throw new Error(`VictoriaMetrics: ${await response.text()}`)
  const lines = (await response.text()).split('\n').filter((line) => line !== '')
  return lines.flatMap((line) => exportedCells(JSON.parse(line) as ExportedSeries))
}
