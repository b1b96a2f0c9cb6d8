import { isTenantId } from '@pegel/contracts'
import type { BatchEnvelope, BatchSource, MetricPoints } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { KafkaRecord } from '@pegel/kafka'
import type { SinkName, TenantConfig, TenantDirectory } from '@pegel/tenancy'
import type { MetricRecord } from './sink.ts'

/** How a record's bytes become points; `envelope` must not touch the points. Retryable errors (an unknown schema) make the lane wait. */
export interface BatchDecoder {
  envelope(value: Buffer): BatchEnvelope
  batch(value: Buffer): { readonly envelope: BatchEnvelope; readonly points: MetricPoints }
}

/** What is to be done with one record, before anything is written. */
export type Verdict =
  | { readonly kind: 'write'; readonly record: MetricRecord; readonly config: TenantConfig }
  /** Its points need no write, for one reason. */
  | {
      readonly kind: 'skip'
      readonly envelope: BatchEnvelope
      readonly source: BatchSource
      readonly as: 'notRouted' | 'tenantDeleted'
    }
  /** Never written: a dead letter. `envelope` is null when it cannot be believed. */
  | {
      readonly kind: 'refuse'
      readonly envelope: BatchEnvelope | null
      readonly source: BatchSource | null
      readonly reason: string
      readonly message: string
    }
  /** Cannot be judged yet: a configuration or a schema has not been read. */
  | { readonly kind: 'wait'; readonly reason: string; readonly message: string }

export interface JudgeOptions {
  readonly sinkName: SinkName
  readonly tenants: Pick<TenantDirectory, 'at' | 'current'>
  readonly decoder: BatchDecoder
}

/** The tenant check before every write: a record that is not its key's tenant's, beyond doubt, is refused. */
export class SinkJudge {
  readonly #options: JudgeOptions

  constructor(options: JudgeOptions) {
    this.#options = options
  }

  judge(record: KafkaRecord): Verdict {
    try {
      return this.#judge(record)
    } catch (error) {
      if (isRetryable(error)) return { kind: 'wait', reason: codeOf(error), message: messageOf(error) }
      return { kind: 'refuse', envelope: null, source: null, reason: codeOf(error), message: messageOf(error) }
    }
  }

  #judge(record: KafkaRecord): Verdict {
    if (record.value === null) return refuseWhole('empty_record', 'The record has no value.')
    const envelope = this.#options.decoder.envelope(record.value)
    const key = record.key?.toString('utf8') ?? ''
    if (key !== envelope.tenant || !isTenantId(key)) {
      return refuseWhole('tenant_mismatch', `The record's key and the tenant in it differ, or are no tenant id.`)
    }
    const { source } = envelope
    if (source === null) return refuseWhole('source_missing', 'The record does not say where it came from.')
    const found = this.#lookup(envelope)
    if (found.status === 'deleted') return { kind: 'skip', envelope, source, as: 'tenantDeleted' }
    if (found.status !== 'active') {
      const message = `Version ${envelope.configVersion} of tenant ${key} has not been read yet.`
      return { kind: 'wait', reason: 'tenant_version_unknown', message }
    }
    if (!found.config.sinks.includes(this.#options.sinkName)) return { kind: 'skip', envelope, source, as: 'notRouted' }
    return this.#decode(record, record.value, { envelope, source, config: found.config })
  }

  #decode(
    record: KafkaRecord,
    value: Buffer,
    known: { envelope: BatchEnvelope; source: BatchSource; config: TenantConfig },
  ): Verdict {
    const { envelope, source, config } = known
    const refuse = (reason: string, message: string): Verdict => ({ kind: 'refuse', envelope, source, reason, message })
    if (envelope.keyId !== null) return refuse('sealed_body', 'The points are encrypted, and this sink has no key.')
    try {
      const { points } = this.#options.decoder.batch(value)
      if (points.columns.length !== envelope.points) {
        return refuse(
          'count_mismatch',
          `The envelope names ${envelope.points} points, the body has ${points.columns.length}.`,
        )
      }
      const position = { partition: record.partition, offset: record.offset }
      return { kind: 'write', config, record: { envelope, source, position, points, select: null } }
    } catch (error) {
      if (isRetryable(error)) throw error
      return refuse(codeOf(error), messageOf(error))
    }
  }

  /** A version that is known to be superseded and forgotten is replaced by the newest. */
  #lookup(envelope: BatchEnvelope): ReturnType<TenantDirectory['at']> {
    const { tenants } = this.#options
    if (envelope.configVersion === 0) return tenants.current(envelope.tenant)
    const found = tenants.at(envelope.tenant, envelope.configVersion)
    return found.status === 'unknown' ? tenants.current(envelope.tenant) : found
  }
}

function refuseWhole(reason: string, message: string): Verdict {
  return { kind: 'refuse', envelope: null, source: null, reason, message }
}

/** The last part of a code such as `contracts.decode_failed`. */
function codeOf(error: unknown): string {
  return error instanceof PegelError ? (error.code.split('.').at(-1) ?? error.code) : 'decode_failed'
}
