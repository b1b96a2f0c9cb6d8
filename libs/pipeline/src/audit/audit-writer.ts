import { randomUUID } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { SCHEMAS } from '@pegel/contracts'
import type { AuditRecord } from '@pegel/contracts'
import { messageOf, PegelError } from '@pegel/errors'
import { createSchemaStore, kafkaErrors } from '@pegel/kafka'
import type { KafkaPort, Producer } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import { pipelineErrors } from '../processor-errors.ts'
import { retry } from '../processor-retry.ts'
import type { RetryOptions } from '../processor-retry.ts'
import { Turns } from '../turns.ts'
import { withDeadline } from '../with-deadline.ts'
import { HASH_BYTES, NO_HASH, sealAuditEvent } from './audit-seal.ts'

export const AUDIT_TOPIC = 'pegel.audit.v1'

export type AuditOutcome = 'started' | 'succeeded' | 'failed' | 'refused'

export interface AuditAction {
  /** Stable name, what it is done to first: `tenants.update`, `lanes.resume`. */
  readonly action: string
  /** PEGEL_TENANT when it is about no single tenant. */
  readonly tenant: string
  /** What it is done to, for example `acme@7` or `pegel.metrics.v1/3@17`. */
  readonly target?: string
  /** Who asks, where that is not the writer's actor. */
  readonly actor?: string
  /** Never a secret: whoever may read the topic reads them. */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>
}

export interface AuditWriterOptions {
  readonly kafka: KafkaPort
  /** The program, as in its logs. */
  readonly service: string
  /** Who asks. Default: the user whose process this is. */
  readonly actor?: string
  readonly log: Logger
  /** How long Kafka may take for one event. Default 20 s. */
  readonly deadlineMs?: number
}

export interface AuditWriter {
  /** Resolves when Kafka has the event. Throws pipelineErrors.audit_failed: then what was to be audited must not be done. */
  write(action: AuditAction, outcome: AuditOutcome, message?: string): Promise<void>
  /**
   * Writes `started` for each action, does the work, and writes `succeeded`, or `failed` with the error, which it throws again. Nothing is done
   * that the topic does not know of; an action without an end was cut off.
   */
  run<T>(actions: readonly AuditAction[], work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

const DEADLINE_MS = 20_000
const MAX_TEXT = 1000

/**
 * Writes who did what, as one chain of hashes, one event after another. A chain begins with the hash of the newest event that it finds in
 * the topic, so that chains of a single event, as commands write them, hold each other. Opens nothing before the first event.
 */
export function createAuditWriter(options: AuditWriterOptions): AuditWriter {
  return new ChainWriter(options)
}

interface End {
  readonly outcome: AuditOutcome
  readonly message: string
}

interface Chain {
  readonly writer: string
  sequence: number
  previousHash: Uint8Array
}

class ChainWriter implements AuditWriter {
  readonly #options: AuditWriterOptions
  #producer: Producer | undefined
  #chain: Chain | undefined
  readonly #turns = new Turns()
  #closed = false

  constructor(options: AuditWriterOptions) {
    this.#options = options
  }

  write(action: AuditAction, outcome: AuditOutcome, message = ''): Promise<void> {
    if (this.#closed) return Promise.reject(pipelineErrors.writer_closed({ what: 'audit' }))
    return this.#turns.take(() => this.#append(action, outcome, message))
  }

  async run<T>(actions: readonly AuditAction[], work: () => Promise<T>): Promise<T> {
    const writeAll = (outcome: AuditOutcome, message?: string): Promise<unknown> =>
      Promise.all(actions.map((action) => this.write(action, outcome, message)))
    await writeAll('started')
    let result: T
    try {
      result = await work()
    } catch (error) {
      await writeAll('failed', `${error instanceof PegelError ? error.code : 'internal'}: ${messageOf(error)}`)
      throw error
    }
    await writeAll('succeeded')
    return result
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#turns.take(() => this.#producer?.close() ?? Promise.resolve())
  }

  async #append(action: AuditAction, outcome: AuditOutcome, message: string): Promise<void> {
    const { deadlineMs: timeoutMs = DEADLINE_MS } = this.#options
    const name = action.action
    let problem: unknown
    const onTimeout = (): Error =>
      pipelineErrors.audit_failed({ action: name, seconds: timeoutMs / 1000, problem: messageOf(problem) }, problem)
    // What cannot get better by waiting, such as a missing topic, is thrown as it is.
    const again = (error: unknown): boolean => {
      problem = error
      return !(error instanceof PegelError) || (error.retryable && error.code !== kafkaErrors.topic_missing.code)
    }
    try {
      await withDeadline((signal) => this.#send(action, { outcome, message }, { signal, again }), {
        controller: new AbortController(),
        timeoutMs,
        onTimeout,
      })
    } catch (error) {
      // Whether Kafka has it is unknown, so nothing can follow it in this chain.
      this.#chain = undefined
      throw error
    }
  }

  async #send(
    action: AuditAction,
    end: End,
    { signal, again }: Required<Pick<RetryOptions, 'signal' | 'again'>>,
  ): Promise<void> {
    const { kafka, log } = this.#options
    const settings = { what: 'write an audit event', log, signal, again }
    const chain = (this.#chain ??= await retry(() => beginChain(kafka, this.#options), settings))
    const value = sealAuditEvent(this.#eventOf(chain, action, end))
    const producer = (this.#producer ??= kafka.producer())
    // The same bytes each time: twice in the topic, they are one event to whoever verifies it.
    await retry(() => producer.send([{ topic: AUDIT_TOPIC, key: action.tenant, value }]), settings)
    chain.sequence += 1
    chain.previousHash = value.subarray(value.length - HASH_BYTES)
  }

  #eventOf(chain: Chain, action: AuditAction, { outcome, message }: End): Omit<AuditRecord, 'hash'> {
    const { service } = this.#options
    const actor = action.actor ?? this.#options.actor ?? currentUser()
    const parameters = Object.entries(action.parameters ?? {})
    return {
      ...chain,
      atMs: Date.now(),
      service,
      actor,
      origin: hostname(),
      action: action.action,
      tenant: action.tenant,
      target: bounded(action.target ?? ''),
      parameters: parameters.map(([name, value]) => ({ name, value: bounded(String(value)) })),
      outcome,
      message: bounded(message),
    }
  }
}

async function beginChain(kafka: KafkaPort, { service, log }: AuditWriterOptions): Promise<Chain> {
  const schemas = await createSchemaStore(kafka, log)
  try {
    await schemas.publish([SCHEMAS.AuditEvent])
    let previousHash = NO_HASH
    // Whatever it is: the last field of every version of the schema is the hash.
    const newest = await kafka.readAll(
      AUDIT_TOPIC,
      ({ value }) => {
        if (value !== null && value.length > HASH_BYTES) previousHash = value.subarray(value.length - HASH_BYTES)
      },
      { from: ({ latest }) => latest - 1 },
    )
    await newest.caughtUp
    await newest.close()
    return { writer: `${service}-${randomUUID()}`, sequence: 0, previousHash }
  } finally {
    await schemas.close()
  }
}

/** A container may run under a number that has no name. */
function currentUser(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

function bounded(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`
}
