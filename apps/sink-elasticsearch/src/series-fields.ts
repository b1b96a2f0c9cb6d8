import { TENANT_LABEL } from '@pegel/contracts'
import type { Attribute, GroupIdentity, MetricKind, SeriesIdentity } from '@pegel/contracts'
import { binary, member } from './json.ts'

/** What is the same for all points of a series, made once and cached; binary strings of JSON (see json.ts). */
export interface SeriesFields {
  /** All dimensions but the hash of the metric names: points with equal dimensions and times share a document. */
  readonly dimensions: string
  /** The metric's name. */
  readonly name: string
  /** `"metrics.<name>` without the closing quote, so that `.count` and the like can follow. */
  readonly field: string
  /** Only ever grows, so that Elasticsearch maps its value, or a histogram's count, as a counter. */
  readonly counter: boolean
}

export function renderSeries(tenant: string, group: GroupIdentity, series: SeriesIdentity): SeriesFields {
  return {
    dimensions: dimensionsOf(tenant, group, series),
    name: series.name,
    field: binary(JSON.stringify(`metrics.${series.name}`)).slice(0, -1),
    counter: series.temporality === 'cumulative' && (series.monotonic || COUNTED.has(series.kind)),
  }
}

/** Kinds of which the count grows, whatever else they hold. */
const COUNTED = new Set<MetricKind>(['histogram', 'exponential_histogram'])

/**
 * Labels under the names of the OpenTelemetry mapping (`resource.attributes.*`, `attributes.*`), and what else tells series apart: two
 * metrics that differ in kind, temporality or unit never share a document.
 */
function dimensionsOf(tenant: string, { resource, scope }: GroupIdentity, series: SeriesIdentity): string {
  const members = [member(TENANT_LABEL, tenant), member('kind', series.kind)]
  if (series.temporality !== 'unspecified') members.push(member('temporality', series.temporality))
  if (series.monotonic) members.push(member('monotonic', 'true'))
  if (series.unit !== '') members.push(member('unit', series.unit))
  if (scope.name !== '') members.push(member('scope.name', scope.name))
  if (scope.version !== '') members.push(member('scope.version', scope.version))
  members.push(
    ...labels('scope.attributes.', scope.attributes),
    ...labels('resource.attributes.', resource),
    ...labels('attributes.', series.attributes),
  )
  return members.join(',')
}

/** The attribute `tenant` is the enricher's: it says what the dimension already says. A key that is given twice keeps both values. */
function labels(prefix: string, attributes: readonly Attribute[]): string[] {
  const taken = new Set<string>()
  return attributes
    .filter(({ key }) => key !== TENANT_LABEL)
    .map(({ key, value }) => {
      let free = key
      while (taken.has(free)) free += '+'
      taken.add(free)
      return member(prefix + free, value)
    })
}
