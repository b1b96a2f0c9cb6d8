import { decodeRecord } from '@pegel/contracts'
import type { KafkaPort, KafkaRecord } from '@pegel/kafka'
import { parseTenantKey, TENANT_TOPIC } from '@pegel/pipeline'
import type { PublishedVersion } from './plan.ts'

export interface PublishedTenants {
  /** Last record of each tenant@version; tombstoned ones are left out. */
  readonly versions: readonly PublishedVersion[]
  /** Keys that were written more than once with different content, as two applies at the same time would. */
  readonly rewritten: readonly string[]
}

/** Reads the tenants topic to its end. */
export async function readPublished(kafka: KafkaPort): Promise<PublishedTenants> {
  const versions = new Map<string, PublishedVersion>()
  const rewritten = new Set<string>()
  const reader = await kafka.readAll(TENANT_TOPIC, (record) => {
    const key = record.key?.toString('utf8') ?? ''
    if (parseTenantKey(record.key) === undefined) return
    if (record.value === null) {
      versions.delete(key)
      return
    }
    const version = toVersion(record, record.value)
    const before = versions.get(key)
    if (before !== undefined && (before.yaml !== version.yaml || before.deleted !== version.deleted)) rewritten.add(key)
    versions.set(key, version)
  })
  try {
    await reader.caughtUp
  } finally {
    await reader.close()
  }
  return { versions: [...versions.values()], rewritten: [...rewritten] }
}

function toVersion(record: KafkaRecord, value: Buffer): PublishedVersion {
  return { ...decodeRecord('Tenant', value), publishedAtMs: record.timestampMs, offset: record.offset }
}
