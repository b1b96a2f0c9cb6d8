import { encodeRecord } from '@pegel/contracts'
import type { Producer } from '@pegel/kafka'
import { hashKey } from '@pegel/tenancy'
import { stringify } from 'yaml'

export interface FuzzTenant {
  readonly tenant: string
  readonly key: string
  readonly limits?: Readonly<Record<string, number>>
  readonly placement?: 'dedicated' | 'shared'
}

/** Publishes the first version of a tenant's file, as `pegel tenants apply` does. */
export async function publishTenant(producer: Producer, { tenant, key, ...file }: FuzzTenant): Promise<void> {
  const yaml = stringify({ tenant, credentials: [{ id: 'fuzz', sha256: hashKey(key) }], ...file })
  const value = encodeRecord('Tenant', { tenant, version: 1, deleted: false, yaml, appliedAtMs: Date.now() })
  await producer.send([{ topic: 'pegel.tenants.v1', key: `${tenant}@1`, value }])
}
