import { InfluxDB } from '@influxdata/influxdb-client'
import type { Cell } from './compare.ts'
import { rowCell } from './influxdb-cells.ts'

export interface InfluxAddress {
  readonly url: string
  readonly token: string
  readonly org: string
}

/** All points since a time in these buckets. */
export async function readInfluxdb(
  { url, token, org }: InfluxAddress,
  bucketOf: (tenant: string) => string,
  { buckets, sinceMs }: { readonly buckets: readonly string[]; readonly sinceMs: number },
): Promise<Cell[]> {
  const api = new InfluxDB({ url, token, timeout: 60_000 }).getQueryApi(org)
  const cells: Cell[] = []
  for (const bucket of buckets) {
    const query = `from(bucket: ${JSON.stringify(bucket)}) |> range(start: ${new Date(sinceMs).toISOString()}, stop: 1h)`
    for await (const { values, tableMeta } of api.iterateRows(query)) {
      cells.push(rowCell(tableMeta.toObject(values), bucket, bucketOf))
    }
  }
  return cells
}
