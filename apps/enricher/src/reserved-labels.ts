import { TENANT_LABEL } from '@pegel/contracts'
import type { Attribute } from '@pegel/contracts'
import { NAME_LABEL } from '@pegel/tenancy'

const PREFIX = 'exported_'

/** Only the enricher writes these: the tenant, and the name under which rules see the metric's. */
const RESERVED: readonly string[] = [TENANT_LABEL, NAME_LABEL]

/**
 * Moves a client's own reserved labels out of the way, as Prometheus does on a conflict: `tenant` becomes `exported_tenant`, or
 * `exported_exported_tenant` where that is taken. Gives the list itself when there is nothing to do.
 */
export function renameReserved(attributes: readonly Attribute[]): readonly Attribute[] {
  if (!attributes.some(({ key }) => RESERVED.includes(key))) return attributes
  const taken = new Set(attributes.map(({ key }) => key))
  return attributes.map((attribute) => {
    if (!RESERVED.includes(attribute.key)) return attribute
    let key = PREFIX + attribute.key
    while (taken.has(key)) key = PREFIX + key
    taken.add(key)
    return { key, value: attribute.value }
  })
}
