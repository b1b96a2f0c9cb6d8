/** OpenTelemetry points as InfluxDB points, by the README of sink-influxdb; written apart from the sink. */
import type { SentPoint } from '../journal/read-journal.ts'
import type { Cell, ExpectedCell } from './compare.ts'
import { nanoseconds } from './elasticsearch-cells.ts'

export function influxdbCells(points: readonly SentPoint[]): ExpectedCell[] {
  return points.flatMap((point) => {
    const { tenant, timeNs, acknowledged, metric } = point
    const tags = tagsOf(point)
    return fieldsOf(point).map(([field, value]) => ({
      tenant,
      series: seriesText(metric.name, field, tags),
      time: timeNs,
      value,
      acknowledged,
    }))
  })
}

function fieldsOf({ metric, value }: SentPoint): (readonly [field: string, value: number])[] {
  if (typeof value === 'number') {
    if (metric.temporality === 'delta') return [['delta', value]]
    return [[metric.monotonic ? 'counter' : 'gauge', value]]
  }
  const single = (['count', 'sum', 'min', 'max'] as const).flatMap((name) => {
    const number = value[name]
    return number === null ? [] : [[name, number] as const]
  })
  let below = 0
  const buckets = value.bounds.map((bound, index) => [String(bound), (below += value.counts[index] ?? 0)] as const)
  return [...single, ...buckets]
}

function tagsOf({ metric, resource, attributes }: SentPoint): Record<string, string> {
  return {
    ...resource,
    ...attributes,
    'otel.scope.name': metric.scope.name,
    'otel.scope.version': metric.scope.version,
    'otel.metric.unit': metric.unit,
    ...(metric.temporality === 'delta' ? { 'otel.metric.temporality': 'delta' } : {}),
  }
}

function seriesText(measurement: string, field: string, tags: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(tags)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `${measurement} ${field} ${JSON.stringify(Object.fromEntries(sorted))}`
}

export type FluxRow = Readonly<Record<string, unknown>>

/** As VictoriaMetrics keeps them: the field is a part of the name, times are in ms. */
export function victoriaMetricsCells(points: readonly SentPoint[]): ExpectedCell[] {
  return points.flatMap((point) => {
    const { tenant, timeNs, acknowledged, metric } = point
    const tags = tagsOf(point)
    const time = String(BigInt(timeNs) / 1_000_000n)
    return fieldsOf(point).map(([field, value]) => {
      const series = seriesText(`${metric.name}_${field}`, '', tags)
      return { tenant, series, time, value, acknowledged }
    })
  })
}

/** A line of VictoriaMetrics' export. */
export interface ExportedSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly number[]
  readonly timestamps: readonly number[]
}

/** It labels every series with the bucket, as `db`. */
export function exportedCells({ metric, values, timestamps }: ExportedSeries): Cell[] {
  const { __name__: name = '', tenant = '', ...rest } = metric
  const tags = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'db'))
  const series = seriesText(name, '', tags)
  return values.map((value, index) => ({ tenant, series, time: String(timestamps[index]), value }))
}

/** A row of a Flux query as a cell; a point in another bucket than its tenant's is a series of its own. */
export function rowCell(row: FluxRow, bucket: string, bucketOf: (tenant: string) => string): Cell {
  const { _measurement, _field, _value, _time, tenant, ...rest } = row
  const tags = Object.entries(rest).filter(([key]) => !key.startsWith('_') && key !== 'result' && key !== 'table')
  const owner = String(tenant)
  const astray = bucketOf(owner) === bucket ? '' : `${bucket}: `
  const strings = Object.fromEntries(tags.map(([key, value]) => [key, String(value)]))
  return {
    tenant: owner,
    series: astray + seriesText(String(_measurement), String(_field), strings),
    time: nanoseconds(String(_time)),
    value: Number(_value),
  }
}
