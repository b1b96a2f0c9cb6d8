import { describe, expect, it } from '@jest/globals'
import { PegelError } from '@pegel/errors'
import type { KeyHolder, TenantConfig, TenantDirectory } from '@pegel/tenancy'
import { tenantConfig } from '@pegel/testing'
import { authenticate } from './authenticate.ts'

const keys: Readonly<Record<string, readonly string[]>> = { one: ['acme'], two: ['acme', 'globex'], gone: ['gone'] }
const directory: Pick<TenantDirectory, 'authenticate' | 'current'> = {
  authenticate: (key): KeyHolder | undefined => {
    const tenants = keys[key]
    return tenants === undefined ? undefined : { credentialId: key, tenants }
  },
  current: (tenant) => (tenant === 'gone' ? { status: 'deleted' } : { status: 'active', config: tenantConfig(tenant) }),
}
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

/** The tenant, or the code of the refusal. */
function outcome(authorization: string | undefined, orgId?: string): string {
  try {
    const config: TenantConfig = authenticate(directory, { authorization, orgId })
    return config.tenant
  } catch (error) {
    return error instanceof PegelError ? error.code.replace('gateway.', '') : String(error)
  }
}

describe('authenticate', () => {
  it.each([
    ['Bearer one', undefined, 'acme'],
    ['bearer  one', undefined, 'acme'],
    ['Token one', undefined, 'acme'],
    [basic('acme:one'), undefined, 'acme'],
    [basic(':one'), undefined, 'acme'],
    ['Bearer one', 'acme', 'acme'],
    ['Bearer two', 'globex', 'globex'],
    [basic('globex:two'), undefined, 'globex'],
    [basic('globex:two'), 'globex', 'globex'],
  ])('lets %s with X-Scope-OrgID %s act for %s', (authorization, orgId, tenant) => {
    expect(outcome(authorization, orgId)).toBe(tenant)
  })

  it.each([
    [undefined, undefined, 'credential_missing'],
    ['', undefined, 'credential_missing'],
    ['one', undefined, 'credential_missing'],
    ['Digest one', undefined, 'credential_missing'],
    ['Bearer one two', undefined, 'credential_missing'],
    [basic('acme'), undefined, 'credential_missing'],
    [basic('acme:'), undefined, 'credential_missing'],
    ['Bearer none', undefined, 'credential_unknown'],
    ['Bearer none', 'acme', 'credential_unknown'],
    ['Bearer two', undefined, 'tenant_required'],
    [basic(':two'), undefined, 'tenant_required'],
    ['Bearer one', 'globex', 'tenant_forbidden'],
    [basic('globex:one'), undefined, 'tenant_forbidden'],
    [basic('globex:two'), 'acme', 'tenant_forbidden'],
    ['Bearer one', 'Acme', 'tenant_invalid'],
    ['Bearer two', 'acme|globex', 'tenant_invalid'],
    ['Bearer two', '../acme', 'tenant_invalid'],
    ['Bearer gone', undefined, 'tenant_forbidden'],
  ])('refuses %s with X-Scope-OrgID %s: %s', (authorization, orgId, code) => {
    expect(outcome(authorization, orgId)).toBe(code)
  })
})
