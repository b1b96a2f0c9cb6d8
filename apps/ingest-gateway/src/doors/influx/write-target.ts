import { isTenantId } from '@pegel/contracts'
import { PegelError } from '@pegel/errors'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../../errors.ts'
import type { Precision } from '../../line-protocol/index.ts'
import type { EndpointRequest } from '../http/http-endpoint.ts'
import { PRECISIONS } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import { influxErrors } from './errors.ts'

const BUCKET: Readonly<Record<Dialect, { readonly parameter: string; readonly kind: string }>> = {
  v1: { parameter: 'db', kind: 'database' },
  v2: { parameter: 'bucket', kind: 'bucket' },
}

/**
 * The tenant of a write: the credential's alone. A bucket or database picks one of the tenants of a key that has several, and
 * may name nothing but the tenant, with or without something after a slash; so may org.
 * @throws influxErrors.bucket_not_found, org_not_found and what authenticate() throws
 */
export function tenantOf(request: EndpointRequest, dialect: Dialect): TenantConfig {
  const { query } = request
  const { parameter, kind } = BUCKET[dialect]
  const name = query.get(parameter) ?? ''
  const named = name.split('/', 1)[0] ?? ''
  const tenant = authenticated(request, dialect, named)
  if (named !== '' && named !== tenant.tenant)
    throw influxErrors.bucket_not_found({ kind, name, tenant: tenant.tenant })
  const org = dialect === 'v2' ? (query.get('org') ?? query.get('orgID') ?? '') : ''
  if (org !== '' && org !== tenant.tenant) throw influxErrors.org_not_found({ name: org, tenant: tenant.tenant })
  return tenant
}

function authenticated(request: EndpointRequest, dialect: Dialect, named: string): TenantConfig {
  const claims = dialect === 'v1' ? queryCredential(request.query) : {}
  try {
    return request.tenant(claims)
  } catch (error) {
    const several = error instanceof PegelError && error.code === gatewayErrors.tenant_required.code
    if (!several || !isTenantId(named)) throw error
    return request.tenant({ ...claims, orgId: named })
  }
}

/** 1.x: `u` and `p`, as user and password of Basic, before the header as InfluxDB has it. */
function queryCredential(query: URLSearchParams): { readonly authorization?: string } {
  const [user, password] = [query.get('u') ?? '', query.get('p') ?? '']
  if (password === '') return {}
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}

/** @throws influxErrors.precision_unknown */
export function precisionOf(query: URLSearchParams, dialect: Dialect): Precision {
  const precision = query.get('precision') ?? ''
  if (precision === '') return 'ns'
  const known = PRECISIONS[dialect].get(precision)
  if (known !== undefined) return known
  throw influxErrors.precision_unknown({ precision, known: [...PRECISIONS[dialect].keys()].join(', ') })
}
