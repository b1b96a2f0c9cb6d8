import { INFLUX_MEASUREMENT, TENANT_LABEL } from '@pegel/contracts'
import type { Attribute, GroupIdentity, SeriesIdentity } from '@pegel/contracts'
import { plainText } from './escape.ts'
import { lineOrigin } from './line-origin.ts'

/**
 * The tags of a series, sorted by key: resource, scope and point attributes side by side under their own names, as
 * Telegraf's OpenTelemetry input and the Prometheus v1 schema of InfluxData's converters have it, and what else names a series.
 * Nothing is overwritten: of two attributes with one key the more particular keeps it, the other gets its place as a prefix.
 */
export function tagsOf(tenant: string, group: GroupIdentity, series: SeriesIdentity): Map<string, string> {
  const tags = new Map<string, string>([[TENANT_LABEL, tenant]])
  addAll(tags, series.attributes, 'point.')
  addAll(tags, scopeAttributes(group, series), 'scope.')
  addAll(tags, group.resource, 'resource.')
  add(tags, 'otel.scope.name', group.scope.name, 'pegel.')
  add(tags, 'otel.scope.version', group.scope.version, 'pegel.')
  add(tags, 'otel.metric.unit', series.unit, 'pegel.')
  if (series.temporality === 'delta') add(tags, 'otel.metric.temporality', 'delta', 'pegel.')
  return new Map([...tags].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What names the measurement of a series is no tag of it. */
function scopeAttributes(group: GroupIdentity, series: SeriesIdentity): readonly Attribute[] {
  const { attributes } = group.scope
  return lineOrigin(group, series) === undefined
    ? attributes
    : attributes.filter(({ key }) => key !== INFLUX_MEASUREMENT)
}

/** InfluxDB refuses a whole request that has one of these as a tag. */
const RESERVED = new Set(['time', '_field', '_measurement'])

function addAll(tags: Map<string, string>, attributes: readonly Attribute[], prefix: string): void {
  for (const { key, value } of attributes) add(tags, key, value, prefix)
}

/** The format has neither empty keys nor empty values. The attribute `tenant` is the enricher's: it says what the tag already says. */
function add(tags: Map<string, string>, key: string, value: string, prefix: string): void {
  if (key === '' || value === '' || key === TENANT_LABEL) return
  const plain = plainText(key)
  let free = RESERVED.has(plain) ? prefix + plain : plain
  while (tags.has(free)) free = prefix + free
  tags.set(free, value)
}
