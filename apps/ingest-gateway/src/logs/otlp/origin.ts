import type { Attribute } from '@pegel/contracts'
import type { LogOrigin } from '../log-sink.ts'

const SERVICE_NAME = 'service.name'

/** service.name is asked for by everybody, so it stands apart from the other resource attributes. */
export function originOf(
  resource: readonly Attribute[],
  scope: { readonly name: string; readonly version: string },
): LogOrigin {
  const service = resource.find(({ key }) => key === SERVICE_NAME)?.value ?? ''
  const others = resource.filter(({ key }) => key !== SERVICE_NAME)
  return { service, resource: others, scopeName: scope.name, scopeVersion: scope.version }
}
