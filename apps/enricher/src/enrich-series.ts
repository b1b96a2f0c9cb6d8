import { TENANT_LABEL } from '@pegel/contracts'
import type { Attribute, GroupIdentity, SeriesIdentity } from '@pegel/contracts'
import { NAME_LABEL } from '@pegel/tenancy'
import type { Relabeler } from '@pegel/tenancy'
import { renameReserved } from './reserved-labels.ts'

/** What is needed of a tenant's version to enrich its series. */
export interface SeriesRules {
  readonly tenant: string
  readonly staticLabels: Readonly<Record<string, string>>
  /** Undefined when there are no rules. */
  readonly relabel: Relabeler | undefined
}

export type EnrichedSeries =
  { readonly status: 'kept'; readonly series: SeriesIdentity } | { readonly status: 'dropped'; readonly rule: string }

/** Resource and scope without a label that a sink could take for the tenant. */
export function enrichGroup(group: GroupIdentity): GroupIdentity {
  const resource = renameReserved(group.resource)
  const attributes = renameReserved(group.scope.attributes)
  if (resource === group.resource && attributes === group.scope.attributes) return group
  return { resource, scope: { ...group.scope, attributes } }
}

/**
 * The tenant's labels and rules applied to one series. Order: reserved labels of the client renamed; static labels added where the
 * client has none of that name (as Prometheus' external_labels); rules; the tenant, which overwrites whatever they made.
 */
export function enrichSeries(series: SeriesIdentity, rules: SeriesRules): EnrichedSeries {
  const labels = new Map<string, string>(Object.entries(rules.staticLabels))
  for (const { key, value } of renameReserved(series.attributes)) labels.set(key, value)
  if (rules.relabel === undefined)
    return { status: 'kept', series: build(series, { name: series.name, labels, tenant: rules.tenant }) }
  labels.set(NAME_LABEL, series.name)
  const result = rules.relabel(labels)
  if (result.dropped) return { status: 'dropped', rule: result.rule }
  return {
    status: 'kept',
    series: build(series, { name: result.labels.get(NAME_LABEL) ?? '', labels: result.labels, tenant: rules.tenant }),
  }
}

interface Labelled {
  readonly name: string
  readonly labels: ReadonlyMap<string, string>
  readonly tenant: string
}

/** Attributes are put in canonical order when they are encoded. */
function build(series: SeriesIdentity, { name, labels, tenant }: Labelled): SeriesIdentity {
  const attributes: Attribute[] = [{ key: TENANT_LABEL, value: tenant }]
  for (const [key, value] of labels) {
    if (key !== NAME_LABEL && key !== TENANT_LABEL) attributes.push({ key, value })
  }
  return { ...series, name, attributes }
}
