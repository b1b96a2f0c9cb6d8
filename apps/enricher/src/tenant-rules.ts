import type { TenantConfig, TenantLimits } from '@pegel/tenancy'
import { compileRules, createVerifier } from '@pegel/tenancy'
import type { SeriesRules } from './enrich-series.ts'

/** One version of a tenant's file, compiled. */
export interface TenantRules extends SeriesRules {
  readonly version: number
  readonly limits: TenantLimits
  /** True when one of the tenant's direct keys signed this record. */
  readonly verify: (signature: Uint8Array, key: Uint8Array, value: Uint8Array) => boolean
  readonly hasDirectKeys: boolean
}

export function compileTenant(config: TenantConfig): TenantRules {
  const verifiers = config.directKeys.map(({ publicKey }) => createVerifier(publicKey))
  return {
    tenant: config.tenant,
    version: config.version,
    staticLabels: config.staticLabels,
    relabel: config.rules.length === 0 ? undefined : compileRules(config.rules),
    limits: config.limits,
    verify: (signature, key, value) => verifiers.some((verifier) => verifier(signature, key, value)),
    hasDirectKeys: verifiers.length > 0,
  }
}
