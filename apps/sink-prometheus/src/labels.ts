import { INFLUX_MEASUREMENT, PROMETHEUS_SCOPE, TENANT_LABEL } from '@pegel/contracts'
import type { Attribute, GroupIdentity } from '@pegel/contracts'
import { labelName } from './metric-name.ts'

/** Label names to values; the metric's name is not among them. */
export type Labels = ReadonlyMap<string, string>

const IDENTIFYING = new Set(['service.name', 'service.namespace', 'service.instance.id'])

/** Whether a group's series came from Prometheus: they go back with the names and labels that they came with. */
export function isFromPrometheus({ scope }: GroupIdentity): boolean {
  return scope.name === PROMETHEUS_SCOPE && scope.version === '' && scope.attributes.length === 0
}

/** What all series of a group have in common: job, instance and the scope. */
export function groupLabels(group: GroupIdentity): Labels {
  const labels = new Map(resourceIdentity(group.resource))
  if (isFromPrometheus(group)) return labels
  const { name, version, attributes } = group.scope
  if (name !== '') labels.set('otel_scope_name', name)
  if (version !== '') labels.set('otel_scope_version', version)
  for (const { key, value } of attributes) {
    // The metric's name begins with it; it is there for sink-influxdb.
    if (key !== INFLUX_MEASUREMENT) labels.set(`otel_scope_${key.replace(/[^a-zA-Z0-9_]/g, '_')}`, value)
  }
  return labels
}

/**
 * Labels of a series. The group's win over the point's own, as the specification has it; the tenant's wins over everything, since nothing
 * that a client sent may ever stand in that place. Names that become the same are joined by `;`, in the order of their keys.
 */
export function seriesLabels(
  tenant: string,
  common: Labels,
  attributes: readonly Attribute[],
  nameOf: (key: string) => string = labelName,
): Labels {
  const labels = new Map<string, string>()
  for (const { key, value } of sorted(attributes)) {
    const name = nameOf(key)
    const before = labels.get(name)
    labels.set(name, before === undefined ? value : `${before};${value}`)
  }
  for (const [name, value] of common) labels.set(name, value)
  return labels.set(TENANT_LABEL, tenant)
}

/** Labels of `target_info`, or undefined when the resource has nothing to tell or cannot be joined on. */
export function targetInfoLabels(tenant: string, group: GroupIdentity): Labels | undefined {
  const identity = resourceIdentity(group.resource)
  const others = group.resource.filter(({ key }) => !IDENTIFYING.has(key))
  return identity.size === 0 || others.length === 0 ? undefined : seriesLabels(tenant, identity, others)
}

function resourceIdentity(resource: readonly Attribute[]): Map<string, string> {
  const find = (key: string): string => resource.find((attribute) => attribute.key === key)?.value ?? ''
  const [name, namespace, instance] = [find('service.name'), find('service.namespace'), find('service.instance.id')]
  const labels = new Map<string, string>()
  if (name !== '') labels.set('job', namespace === '' ? name : `${namespace}/${name}`)
  if (instance !== '') labels.set('instance', instance)
  return labels
}

function sorted(attributes: readonly Attribute[]): readonly Attribute[] {
  return [...attributes].sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
}
