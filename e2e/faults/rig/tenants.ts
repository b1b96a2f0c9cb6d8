import { encodeRecord } from '@pegel/contracts'
import type { KafkaPort } from '@pegel/kafka'
import { stringify } from 'yaml'
import { newKey } from './keys.ts'

export interface FaultTenant {
  readonly tenant: string
  readonly key: string
  /** As in a tenant's file, without credentials. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** So that no limit refuses what a scenario sends; what limits do is tested elsewhere. */
const NO_LIMITS = {
  ...{ points_per_second: 100_000_000, burst_points: 100_000_000 },
  ...{ bytes_per_second: 1_000_000_000, burst_bytes: 1_000_000_000 },
}

/** Publishes tenants' files as `pegel tenants apply` does. */
export class Tenants {
  readonly #kafka: KafkaPort
  readonly #versions = new Map<string, number>()
  readonly #hashes = new Map<string, string>()

  constructor(kafka: KafkaPort) {
    this.#kafka = kafka
  }

  async add(names: readonly string[], settings: Readonly<Record<string, unknown>> = {}): Promise<FaultTenant[]> {
    const tenants = names.map((tenant) => {
      const { key, sha256 } = newKey()
      this.#hashes.set(tenant, sha256)
      return { tenant, key, settings: { placement: 'shared', limits: NO_LIMITS, ...settings } }
    })
    await this.#publish(tenants.map((each) => ({ ...each, deleted: false })))
    return tenants
  }

  /** A new version of the file, with these settings over the old ones. */
  async change(tenant: FaultTenant, settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#publish([{ ...tenant, settings: { ...tenant.settings, ...settings }, deleted: false }])
  }

  async remove(tenant: FaultTenant): Promise<void> {
    await this.#publish([{ ...tenant, deleted: true }])
  }

  async #publish(tenants: readonly (FaultTenant & { readonly deleted: boolean })[]): Promise<void> {
    const producer = this.#kafka.producer()
    const records = tenants.map(({ tenant, settings, deleted }) => {
      const version = (this.#versions.get(tenant) ?? 0) + 1
      this.#versions.set(tenant, version)
      const credentials = [{ id: 'test', sha256: this.#hashes.get(tenant) }]
      const yaml = stringify({ tenant, credentials, ...settings })
      const value = encodeRecord('Tenant', { tenant, version, deleted, yaml, appliedAtMs: Date.now() })
      return { topic: 'pegel.tenants.v1', key: `${tenant}@${version}`, value }
    })
    await producer.send(records, { deadlineMs: 30_000 })
    await producer.close()
  }
}
