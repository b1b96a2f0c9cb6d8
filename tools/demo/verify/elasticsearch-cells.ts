/** OpenTelemetry points as documents' fields, by the README of sink-elasticsearch; written apart from the sink. */
import type { SentPoint } from '../journal/read-journal.ts'
import type { Cell, ExpectedCell } from './compare.ts'

export function elasticsearchCells(points: readonly SentPoint[]): ExpectedCell[] {
  return points.flatMap((point) => {
    const { tenant, timeNs, acknowledged, metric } = point
    const dimensions = dimensionsOf(point)
    return valuesOf(point.value).map(([suffix, value]) => ({
      tenant,
      series: seriesText(dimensions, `metrics.${metric.name}${suffix}`),
      time: timeNs,
      value,
      acknowledged,
    }))
  })
}

function valuesOf(value: SentPoint['value']): (readonly [suffix: string, value: number])[] {
  if (typeof value === 'number') return [['', value]]
  const single = (['count', 'sum', 'min', 'max'] as const).flatMap((name) => {
    const number = value[name]
    return number === null ? [] : [[`.${name}`, number] as const]
  })
  const list = (['bounds', 'counts'] as const).flatMap((name) =>
    value[name].map((number, index) => [`.${name}[${index}]`, number] as const),
  )
  return [...single, ...list]
}

function dimensionsOf({ metric, resource, attributes }: SentPoint): Record<string, string> {
  const { kind, temporality, monotonic, unit, scope } = metric
  return {
    kind,
    ...(temporality === 'unspecified' ? {} : { temporality }),
    ...(monotonic ? { monotonic: 'true' } : {}),
    unit,
    'scope.name': scope.name,
    'scope.version': scope.version,
    ...prefixed('resource.attributes.', resource),
    ...prefixed('attributes.', attributes),
  }
}

function prefixed(prefix: string, attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [prefix + key, value]))
}

function seriesText(dimensions: Readonly<Record<string, string>>, field: string): string {
  const sorted = Object.entries(dimensions)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `${field} ${JSON.stringify(Object.fromEntries(sorted))}`
}

export interface Hit {
  readonly _index: string
  readonly _source: Readonly<Record<string, unknown>>
}

const BESIDE = new Set(['@timestamp', 'start_timestamp', 'tenant', 'metric_names_hash'])

/** One document as cells; `streamOf` says where a tenant's documents belong, and one elsewhere is a series of its own. */
export function hitCells({ _index, _source }: Hit, streamOf: (tenant: string) => string): Cell[] {
  const fields = new Map(flatten('', _source))
  const tenant = String(fields.get('tenant'))
  const astray = _index.includes(streamOf(tenant)) || _index.includes(`late-${tenant}`) ? '' : `${_index}: `
  const dimensions: Record<string, string> = {}
  const metrics: [string, number][] = []
  for (const [key, value] of fields) {
    if (key.startsWith('metrics.')) metrics.push([key, Number(value)])
    else if (!BESIDE.has(key)) dimensions[key] = String(value)
  }
  const time = nanoseconds(String(fields.get('@timestamp')))
  return metrics.map(([field, value]) => ({ tenant, series: astray + seriesText(dimensions, field), time, value }))
}

/** `{a: {b: [1]}}` and `{"a.b": [1]}` alike give `a.b[0]`. */
function flatten(path: string, value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => flatten(`${path}[${index}]`, item))
  if (typeof value !== 'object' || value === null) return [[path, value]]
  return Object.entries(value).flatMap(([key, item]) => flatten(path === '' ? key : `${path}.${key}`, item))
}

/** Nanoseconds since the epoch of an ISO time with up to nine decimals. */
export function nanoseconds(iso: string): string {
  const [, seconds = '', fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(iso) ?? []
  return String(BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0')))
}
