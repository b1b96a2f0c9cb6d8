import { isTenantId } from '@pegel/contracts'
import type { BatchSource } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { KafkaRecord } from '@pegel/kafka'
import type { SinkName, TenantConfig, TenantDirectory } from '@pegel/tenancy'
import type { OpenRecord, RecordKind } from './record-kind.ts'
import type { RecordEnvelope, SinkRecord } from './sink.ts'

/** What is to be done with one record, before anything is written. */
export type Verdict<R extends SinkRecord = SinkRecord> =
  | { readonly kind: 'write'; readonly record: R; readonly config: TenantConfig }
  /** Its points need no write, for one reason. */
  | {
      readonly kind: 'skip'
      readonly envelope: RecordEnvelope
      readonly source: BatchSource
      readonly as: 'notRouted' | 'tenantDeleted'
    }
  /** Never written: a dead letter. `envelope` is null when it cannot be believed. */
  | {
      readonly kind: 'refuse'
      readonly envelope: RecordEnvelope | null
      readonly source: BatchSource | null
      readonly reason: string
      readonly message: string
    }
  /** Cannot be judged yet: a configuration or a schema has not been read. */
  | { readonly kind: 'wait'; readonly reason: string; readonly message: string }

/** What the books need of a record that is not written now; null when it cannot be believed, 'wait' when its schema has not been read. */
export type Identity = { readonly envelope: RecordEnvelope; readonly source: BatchSource } | null | 'wait'

export interface JudgeOptions<R extends SinkRecord> {
  readonly sinkName: SinkName
  readonly tenants: Pick<TenantDirectory, 'at' | 'current'>
  readonly kind: RecordKind<R>
}

const FIRST_VERSION = 1

/** The tenant check before every write: a record that is not its key's tenant's, beyond doubt, is refused. */
export class SinkJudge<R extends SinkRecord> {
  readonly #options: JudgeOptions<R>

  constructor(options: JudgeOptions<R>) {
    this.#options = options
  }

  judge(record: KafkaRecord): Verdict<R> {
    try {
      return this.#judge(record)
    } catch (error) {
      if (isRetryable(error)) return { kind: 'wait', reason: codeOf(error), message: messageOf(error) }
      return { kind: 'refuse', envelope: null, source: null, reason: codeOf(error), message: messageOf(error) }
    }
  }

  /** Reads the envelope alone. */
  identify(record: KafkaRecord): Identity {
    const { value } = record
    if (value === null) return null
    try {
      const { envelope, source } = this.#options.kind.open({ ...record, value })
      return source === null || !belongsTo(record, envelope) ? null : { envelope, source }
    } catch (error) {
      return isRetryable(error) ? 'wait' : null
    }
  }

  #judge(record: KafkaRecord): Verdict<R> {
    const { value } = record
    if (value === null) return refuseWhole('empty_record', 'The record has no value.')
    const open = this.#options.kind.open({ ...record, value })
    const { envelope, source } = open
    if (!belongsTo(record, envelope)) {
      return refuseWhole('tenant_mismatch', `The record's key and the tenant in it differ, or are no tenant id.`)
    }
    const key = envelope.tenant
    if (source === null) return refuseWhole('source_missing', 'The record does not say where it came from.')
    const found = this.#lookup(envelope)
    if (found.status === 'deleted') return { kind: 'skip', envelope, source, as: 'tenantDeleted' }
    if (found.status === 'unknown') return refuseWhole('unknown_tenant', `There is no tenant ${key}.`)
    if (found.status !== 'active') {
      const message = `Version ${envelope.configVersion} of tenant ${key} has not been read yet.`
      return { kind: 'wait', reason: 'tenant_version_unknown', message }
    }
    if (!found.config.sinks.includes(this.#options.sinkName)) return { kind: 'skip', envelope, source, as: 'notRouted' }
    return this.#read(record, open, { source, config: found.config })
  }

  #read(
    { partition, offset }: KafkaRecord,
    open: OpenRecord<R>,
    { source, config }: { readonly source: BatchSource; readonly config: TenantConfig },
  ): Verdict<R> {
    try {
      const record = open.read({ source, position: { partition, offset }, select: null })
      return { kind: 'write', config, record }
    } catch (error) {
      if (isRetryable(error)) throw error
      return { kind: 'refuse', envelope: open.envelope, source, reason: codeOf(error), message: messageOf(error) }
    }
  }

  /** A version that is known to be superseded and forgotten is replaced by the newest; `unknown` is then a tenant that there is not. */
  #lookup(envelope: RecordEnvelope): ReturnType<TenantDirectory['at']> {
    const { tenants, kind } = this.#options
    const builtIn = kind.builtIn?.(envelope.tenant)
    if (builtIn !== undefined) return { status: 'active', config: builtIn }
    const { tenant, configVersion } = envelope
    const newest = tenants.current(tenant)
    if (configVersion === 0 && newest.status !== 'unknown') return newest
    // A record that names no version waits for the tenant's first one: only a question about a version has the topic read to its end.
    const found = tenants.at(tenant, configVersion || FIRST_VERSION)
    return found.status === 'unknown' ? newest : found
  }
}

function belongsTo({ key }: KafkaRecord, { tenant }: RecordEnvelope): boolean {
  return key?.toString('utf8') === tenant && isTenantId(tenant)
}

function refuseWhole(reason: string, message: string): Verdict<never> {
  return { kind: 'refuse', envelope: null, source: null, reason, message }
}

/** The last part of a code such as `contracts.decode_failed`. */
function codeOf(error: unknown): string {
  return error instanceof PegelError ? (error.code.split('.').at(-1) ?? error.code) : 'decode_failed'
}
