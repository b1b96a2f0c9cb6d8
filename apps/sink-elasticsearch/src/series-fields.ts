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
  /** `"metrics.<name>":`, for a number to follow. */
  readonly member: string
  /** `"metrics.<name>":"counter"` for the bulk action, when its value, or a histogram's count, only ever grows; else it is mapped as a gauge. */
  readonly template: string | undefined
}

export function renderSeries(tenant: string, group: GroupIdentity, series: SeriesIdentity): SeriesFields {
  const { name, kind } = series
  const field = `"metrics.${JSON.stringify(name).slice(1, -1)}`
  const counted = COUNTED.has(kind)
  const counter = series.temporality === 'cumulative' && (series.monotonic || counted)
  return {
    dimensions: binary(dimensionsOf(tenant, group, series)),
    name,
    field: binary(field),
    member: binary(`${field}":`),
    template: counter ? binary(`${field}${counted ? '.count' : ''}":"counter"`) : undefined,
  }
}

/** Kinds that are counted as a whole: their sum may fall, their count may not. */
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
