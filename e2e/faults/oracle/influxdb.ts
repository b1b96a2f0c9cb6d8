import { InfluxDB } from '@influxdata/influxdb-client'
import type { InfluxAddress } from '../../../tools/demo/verify/influxdb-read.ts'
import type { Backend, Selection } from './backend.ts'

const BUCKET = 'pegel-shared'

interface Row {
  readonly tenant: string
  readonly host: string
  readonly _measurement: string
  readonly _value: number
}

export function influxdbBackend({ url, token, org }: InfluxAddress): Backend {
  const api = new InfluxDB({ url, token, timeout: 120_000 }).getQueryApi(org)
  const collect = (query: string): Promise<Row[]> => api.collectRows<Row>(query)
  return {
    name: 'influxdb',
    async sums(selection) {
      const grouped = `${from(selection)} |> group(columns: ["tenant", "host", "_measurement"])`
      const [counts, sums] = await Promise.all([collect(`${grouped} |> count()`), collect(`${grouped} |> sum()`)])
      const keyOf = (row: Row): string => `${row.tenant}/${row.host}/${row._measurement}`
      const sumOf = new Map(sums.map((row) => [keyOf(row), row._value]))
      return counts.map((row) => {
        const { tenant, host, _measurement: metric, _value: count } = row
        return { tenant, host, metric, count, sum: sumOf.get(keyOf(row)) ?? NaN }
      })
    },
    async values(selection, { tenant, host, metric }) {
      const which = `r.tenant == "${tenant}" and r.host == "${host}" and r._measurement == "${metric}"`
      const rows = await collect(`${from(selection)} |> filter(fn: (r) => ${which})`)
      return rows.map((row) => row._value)
    },
  }
}

function from({ run, fromMs, toMs }: Selection): string {
  const [start, stop] = [fromMs - 2000, toMs + 2000].map((ms) => new Date(ms).toISOString())
  return `from(bucket: "${BUCKET}") |> range(start: ${start ?? ''}, stop: ${stop ?? ''}) |> filter(fn: (r) => r.run == "${run}")`
}
