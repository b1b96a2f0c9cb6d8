/** OpenTelemetry points as Prometheus series, by the rules in the README of sink-prometheus; written apart from the sink. */
import type { JournalHistogram } from '../journal/format.ts'
import type { SentPoint } from '../journal/read-journal.ts'
import type { ExpectedCell } from './compare.ts'

/** Whether Prometheus has a sample of a tenant's series at a time. */
export type Has = (tenant: string, series: string, time: string) => boolean

/** Units that the demo's sources use, in Prometheus' words; those in braces are annotations and add nothing. */
const UNITS: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes', m: 'meters', m3: 'm3', EUR: 'EUR', 1: '' }

/**
 * Cells of all points of one backend. Delta series are added up in time order; an increment whose sender got no
 * acknowledgement counts when its sample is there, since then Kafka has had it.
 */
export function prometheusCells(points: readonly SentPoint[], has: Has): ExpectedCell[] {
  const cells: ExpectedCell[] = []
  const totals = new Map<string, SentPoint['value']>()
  for (const point of points.toSorted((a, b) => a.timeNs.localeCompare(b.timeNs))) {
    const { name, labels } = seriesOf(point)
    if (point.metric.temporality !== 'delta') {
      cells.push(...cellsOf(point, { name, labels, value: point.value }))
      continue
    }
    const key = `${point.tenant} ${name}${labelText(labels)}`
    const value = add(totals.get(key), point.value)
    const sum = cellsOf(point, { name, labels, value })
    const first = sum[0]
    if (!point.acknowledged && (first === undefined || !has(point.tenant, first.series, first.time))) continue
    totals.set(key, value)
    cells.push(...sum)
  }
  return cells
}

interface PromPoint {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly value: SentPoint['value']
}

function cellsOf({ tenant, timeNs, acknowledged }: SentPoint, { name, labels, value }: PromPoint): ExpectedCell[] {
  const time = String(BigInt(timeNs) / 1_000_000n)
  const cell = (suffix: string, number: number, le?: string): ExpectedCell => {
    const all = le === undefined ? labels : new Map([...labels, ['le', le]])
    return { tenant, series: `${name}${suffix}${labelText(all)}`, time, value: number, acknowledged }
  }
  if (typeof value === 'number') return [cell('', value)]
  const cells = [cell('_count', value.count), cell('_bucket', value.count, '+Inf')]
  if (value.sum !== null) cells.push(cell('_sum', value.sum))
  let below = 0
  value.bounds.forEach((bound, index) => {
    below += value.counts[index] ?? 0
    cells.push(cell('_bucket', below, String(bound)))
  })
  return cells
}

/** Sorted, without the tenant, so that the same series of two tenants reads the same. */
export function labelText(labels: ReadonlyMap<string, string>): string {
  const sorted = [...labels].filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}}`
}

function seriesOf({ metric, resource, attributes }: SentPoint): Omit<PromPoint, 'value'> {
  const labels = new Map(Object.entries(attributes).map(([key, value]) => [key.replace(/\W/g, '_'), value]))
  const service = resource['service.name'] ?? ''
  const namespace = resource['service.namespace']
  labels.set('job', namespace === undefined ? service : `${namespace}/${service}`)
  labels.set('instance', resource['service.instance.id'] ?? '')
  labels.set('otel_scope_name', metric.scope.name)
  labels.set('otel_scope_version', metric.scope.version)
  return { name: nameOf(metric), labels }
}

function nameOf({ name, unit, kind, monotonic }: SentPoint['metric']): string {
  const words = name.split(/[^a-zA-Z0-9]+/)
  const word = unit.startsWith('{') ? '' : UNITS[unit]
  if (word === undefined) throw new Error(`The demo does not know how Prometheus spells the unit ${unit}.`)
  if (word !== '' && !words.includes(word)) words.push(word)
  if (kind === 'sum' && monotonic) words.push('total')
  if (kind === 'gauge' && unit === '1') words.push('ratio')
  return words.join('_')
}

function add(total: SentPoint['value'] | undefined, value: SentPoint['value']): SentPoint['value'] {
  if (total === undefined) return value
  if (typeof value === 'number') return (total as number) + value
  const before = total as JournalHistogram
  return {
    ...value,
    count: before.count + value.count,
    sum: value.sum === null ? null : (before.sum ?? 0) + value.sum,
    counts: value.counts.map((count, index) => (before.counts[index] ?? 0) + count),
  }
}
