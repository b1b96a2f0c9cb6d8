import { isTenantId, readEnvelope, SIGNATURE_HEADER } from '@pegel/contracts'
import type { BatchEnvelope, SchemaLookup } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { KafkaRecord } from '@pegel/kafka'
import { SETTLE_MS } from '@pegel/tenancy'
import type { TenantConfig, TenantDirectory, TenantLookup } from '@pegel/tenancy'
import { enricherErrors } from './errors.ts'
import type { TenantRules } from './tenant-rules.ts'

export const INGEST_TOPIC = 'pegel.ingest.v1'
export const DIRECT_TOPIC = 'pegel.ingest-direct.v1'

/** What is to be done with a record, before its points are read. */
export type Verdict =
  | { readonly kind: 'enrich'; readonly envelope: BatchEnvelope; readonly value: Buffer; readonly rules: TenantRules }
  | { readonly kind: 'deleted'; readonly envelope: BatchEnvelope }
  | { readonly kind: 'refuse'; readonly reason: string; readonly message: string }
  | { readonly kind: 'wait'; readonly reason: string }

export interface JudgeOptions {
  readonly tenants: Pick<TenantDirectory, 'exact' | 'asOf'>
  readonly schemas?: SchemaLookup
  readonly compile: (config: TenantConfig) => TenantRules
  readonly now: () => number
}

/**
 * Whose record this is and by which version of the tenant's file it goes. `ingest`: the version in the batch. `ingest-direct`: the one in
 * force at the record's append time, by the append times in the tenants topic: thus the same at every reading, whichever version
 * is newest by then. Either way nothing but Kafka's content decides. The clock serves only to wait until that content is settled.
 */
export function createJudge({ tenants, schemas, compile, now }: JudgeOptions): (record: KafkaRecord) => Verdict {
  const byTime = (tenant: string, record: KafkaRecord): TenantLookup => {
    const found = tenants.asOf(tenant, record.timestampMs)
    const unsettled = found.status === 'unknown' && now() < record.timestampMs + SETTLE_MS
    return unsettled ? { status: 'behind' } : found
  }

  function judgeDirect(record: KafkaRecord, value: Buffer): Verdict {
    const key = record.key ?? Buffer.alloc(0)
    const tenant = key.toString('utf8')
    const found = byTime(tenant, record)
    if (found.status === 'behind') return { kind: 'wait', reason: 'tenant_behind' }
    if (found.status === 'unknown') return refuse('unknown_tenant', `There is no tenant ${tenant}.`)
    if (found.status === 'deleted') return { kind: 'deleted', envelope: ownEnvelope(tenant, value, schemas) }
    const rules = compile(found.config)
    // A key holds from its publication, before its version's other settings do: a producer may sign with it at once.
    const newest = tenants.asOf(tenant, record.timestampMs + SETTLE_MS)
    const signers = newest.status === 'active' ? [rules, compile(newest.config)] : [rules]
    // Before anything is decoded: bytes of strangers are not worth a parser's attention, nor a wait for their schema.
    const problem = signatureProblem(record, { key, value, signers })
    if (problem === undefined) return { kind: 'enrich', envelope: ownEnvelope(tenant, value, schemas), value, rules }
    return now() < record.timestampMs + SETTLE_MS ? { kind: 'wait', reason: 'tenant_behind' } : problem
  }

  function judgeIngest(record: KafkaRecord, value: Buffer): Verdict {
    const tenant = record.key?.toString('utf8') ?? ''
    const envelope = ownEnvelope(tenant, value, schemas)
    // A deletion holds for every record appended after it, whatever version the gateway had read.
    const inForce = tenants.asOf(tenant, record.timestampMs)
    if (inForce.status === 'deleted') return { kind: 'deleted', envelope }
    const named = envelope.configVersion > 0 ? tenants.exact(tenant, envelope.configVersion) : byTime(tenant, record)
    const found = named.status === 'unknown' ? inForce : named
    if (found.status === 'behind') return { kind: 'wait', reason: 'tenant_behind' }
    if (found.status === 'deleted') return { kind: 'deleted', envelope }
    if (found.status === 'unknown') return refuse('unknown_tenant', `There is no tenant ${tenant}.`)
    return { kind: 'enrich', envelope, value, rules: compile(found.config) }
  }

  return judgeOf({ judgeIngest, judgeDirect })
}

export interface Judges {
  readonly judgeIngest: (record: KafkaRecord, value: Buffer) => Verdict
  readonly judgeDirect: (record: KafkaRecord, value: Buffer) => Verdict
}

/** What holds for every record, whatever version it goes by. */
export function judgeOf({ judgeIngest, judgeDirect }: Judges): (record: KafkaRecord) => Verdict {
  return (record) => {
    if (record.value === null) return refuse('empty_record', 'The record has no value.')
    if (!isTenantId(record.key?.toString('utf8') ?? '')) return refuse('bad_key', 'The key is no tenant id.')
    try {
      return record.topic === DIRECT_TOPIC ? judgeDirect(record, record.value) : judgeIngest(record, record.value)
    } catch (error) {
      if (isRetryable(error) || !(error instanceof PegelError)) throw error
      return refuse(reasonOf(error), messageOf(error))
    }
  }
}

/** The envelope of a record; throws unless the key's tenant and its own are one. */
export function ownEnvelope(tenant: string, value: Buffer, schemas?: SchemaLookup): BatchEnvelope {
  const envelope = readEnvelope(value, schemas)
  if (envelope.tenant !== tenant) throw enricherErrors.tenant_mismatch({ key: tenant, tenant: envelope.tenant })
  return envelope
}

/** The last part of a code such as `contracts.decode_failed`. */
export function reasonOf(error: PegelError): string {
  return error.code.split('.').at(-1) ?? error.code
}

export function refuse(reason: string, message: string): Extract<Verdict, { kind: 'refuse' }> {
  return { kind: 'refuse', reason, message }
}

interface Signed {
  readonly key: Buffer
  readonly value: Buffer
  readonly signers: readonly TenantRules[]
}

/** Undefined when one of these signed it. */
export function signatureProblem(record: KafkaRecord, { key, value, signers }: Signed): Verdict | undefined {
  if (!signers.some(({ hasDirectKeys }) => hasDirectKeys))
    return refuse('no_direct_key', 'The tenant has no direct_keys.')
  const header = record.headers[SIGNATURE_HEADER]
  if (header === undefined) return refuse('signature_missing', `There is no header ${SIGNATURE_HEADER}.`)
  const signature = Buffer.from(header.toString('latin1'), 'base64')
  if (signers.some(({ verify }) => verify(signature, key, value))) return undefined
  return refuse('bad_signature', "None of the tenant's direct_keys signed this.")
}
