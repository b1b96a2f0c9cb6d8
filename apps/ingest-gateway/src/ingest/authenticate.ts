import { isTenantId, PEGEL_TENANT } from '@pegel/contracts'
import type { KeyHolder, TenantConfig, TenantDirectory } from '@pegel/tenancy'
import { gatewayErrors } from '../errors.ts'

/** What a request says about who sends it, however its protocol carries it. */
export interface Claims {
  /** Value of an Authorization header. */
  readonly authorization: string | undefined
  /** Value of X-Scope-OrgID. */
  readonly orgId: string | undefined
  /** Whether the reserved tenant may be named: its alerts come from outside, its metrics and logs never do. */
  readonly reserved?: boolean
}

type Directory = Pick<TenantDirectory, 'authenticate' | 'current'>

/**
 * The tenant that a request acts for: the key says for which it may, X-Scope-OrgID or the user of Basic picks one of them.
 * @throws gatewayErrors.credential_missing, credential_unknown, tenant_required, tenant_invalid, tenant_forbidden
 */
export function authenticate(directory: Directory, claims: Claims): TenantConfig {
  const holder = holderOf(directory, claims)
  const tenant = pick(holder.tenants, holder.named, claims.orgId)
  if (tenant === PEGEL_TENANT && claims.reserved !== true) throw gatewayErrors.tenant_forbidden({ tenant })
  const found = directory.current(tenant)
  if (found.status !== 'active') throw gatewayErrors.tenant_forbidden({ tenant })
  return found.config
}

/** A credential that somebody has, and the tenant that its header names beside the key. */
export interface NamedHolder extends KeyHolder {
  readonly named: string | undefined
}

/** @throws gatewayErrors.credential_missing, credential_unknown */
export function holderOf(
  directory: Pick<Directory, 'authenticate'>,
  claims: Pick<Claims, 'authorization'>,
): NamedHolder {
  const credential = readAuthorization(claims.authorization)
  if (credential === undefined) throw gatewayErrors.credential_missing()
  const holder = directory.authenticate(credential.key)
  if (holder === undefined) throw gatewayErrors.credential_unknown()
  return { ...holder, named: credential.tenant }
}

function pick(allowed: readonly string[], user: string | undefined, orgId: string | undefined): string {
  for (const named of [orgId, user]) {
    if (named === undefined) continue
    if (!isTenantId(named)) throw gatewayErrors.tenant_invalid()
    if (!allowed.includes(named)) throw gatewayErrors.tenant_forbidden({ tenant: named })
  }
  if (orgId !== undefined && user !== undefined && orgId !== user)
    throw gatewayErrors.tenant_forbidden({ tenant: orgId })
  const [only] = allowed
  const tenant = orgId ?? user ?? (allowed.length === 1 ? only : undefined)
  if (tenant === undefined) throw gatewayErrors.tenant_required({ tenants: allowed.length })
  return tenant
}

/** `Bearer KEY`, `Token KEY` (Influx), `Basic base64(tenant:KEY)`; the user of Basic may be empty. */
function readAuthorization(header: string | undefined): { readonly key: string; readonly tenant?: string } | undefined {
  const [, scheme = '', value = ''] = /^(\w+) +(\S+) *$/.exec(header ?? '') ?? []
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return { key: value }
    case 'basic': {
      const text = Buffer.from(value, 'base64').toString('utf8')
      const colon = text.indexOf(':')
      if (colon === -1 || colon === text.length - 1) return undefined
      const key = text.slice(colon + 1)
      return colon === 0 ? { key } : { key, tenant: text.slice(0, colon) }
    }
    default:
      return undefined
  }
}
