import { encodeRecord, SCHEMAS } from '@pegel/contracts'
import { createSchemaStore } from '@pegel/kafka'
import type { KafkaPort, OutgoingRecord } from '@pegel/kafka'
import { TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import { createLogger } from '@pegel/telemetry'
import { cliErrors } from '../errors.ts'
import type { Plan } from './plan.ts'
import { readPublished } from './published.ts'

/**
 * Publishes a plan, then reads the topic again: when another apply wrote the same version in between, the later record
 * holds, and this says so (cliErrors.conflict) rather than let either believe that its file is in force.
 */
export async function publishPlan(kafka: KafkaPort, plan: Plan): Promise<void> {
  const records: OutgoingRecord[] = plan.changes.map(({ record }) => ({
    topic: TENANT_TOPIC,
    key: tenantKey(record.tenant, record.version),
    value: encodeRecord('Tenant', record),
  }))
  const tombstones = plan.expired.map(({ tenant, version }) => ({
    topic: TENANT_TOPIC,
    key: tenantKey(tenant, version),
    value: null,
  }))
  if (records.length + tombstones.length === 0) return
  const producer = kafka.producer()
  try {
    await publishSchemas(kafka)
    await producer.send([...records, ...tombstones])
  } finally {
    await producer.close()
  }
  const { rewritten } = await readPublished(kafka)
  const lost = records.map(({ key }) => String(key)).filter((key) => rewritten.includes(key))
  if (lost.length > 0) throw cliErrors.conflict({ tenants: lost.join(', ') })
}

/** Whoever reads what is published needs its schema. */
async function publishSchemas(kafka: KafkaPort): Promise<void> {
  const store = await createSchemaStore(kafka, createLogger({ service: 'pegel', level: 'silent' }))
  try {
    await store.publish(Object.values(SCHEMAS))
  } finally {
    await store.close()
  }
}
