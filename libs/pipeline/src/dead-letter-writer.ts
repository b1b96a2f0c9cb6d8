import { encodeRecord } from '@pegel/contracts'
import type { DeadLetterRecord, DeadLetterRefusal } from '@pegel/contracts'
import { PegelError } from '@pegel/errors'
import { withTrace } from '@pegel/kafka'
import type { OutgoingRecord, Producer } from '@pegel/kafka'
import { traceFields } from '@pegel/telemetry'
import type { Logger, Metrics, TraceContext } from '@pegel/telemetry'
import { retry } from './processor-retry.ts'

export const DEAD_LETTER_TOPIC = 'pegel.dead-letters.v1'

/** Text of all refusals of one letter at most; further ones keep index and reason alone. */
const MAX_MESSAGE_BYTES = 256 * 1024
const MAX_MESSAGE_LENGTH = 300

export interface DeadLetterWriterOptions {
  readonly producer: Producer
  readonly log: Logger
  readonly metrics: Metrics
}

export interface DeadLetterWriter {
  /**
   * Resolves when Kafka has the letter. Tries until it succeeds or the signal aborts. One letter a source record, with all its refusals.
   * The trace of the source record goes into the letter's headers and the log line.
   */
  write(letter: DeadLetterRecord, signal?: AbortSignal, trace?: TraceContext): Promise<void>
}

/** Writes what is refused for good, keyed by tenant, with the source record's original value. */
export function createDeadLetterWriter(options: DeadLetterWriterOptions): DeadLetterWriter {
  const { producer, log, metrics } = options
  const letters = metrics.counter(
    'pegel_dead_letters_total',
    'Dead letters written, by reason of their first refusal',
    ['tenant', 'reason'],
  )
  const send = async (record: OutgoingRecord, signal: AbortSignal | undefined): Promise<void> => {
    await retry(() => producer.send([record]), {
      what: 'write a dead letter',
      log,
      again: (error) => !isTooLarge(error),
      ...(signal === undefined ? {} : { signal }),
    })
  }
  return {
    async write(letter, signal, trace) {
      const fields = { ...pick(letter), ...traceFields(trace) }
      const bounded = { ...letter, refusals: boundRefusals(letter.refusals) }
      try {
        await send(recordOf(bounded, trace), signal)
      } catch (error) {
        if (!isTooLarge(error)) throw error
        // A source record is 1 MiB at most as Kafka stores it, but may have been compressed better than we do.
        log.error('dead letter too large, written without its value', fields)
        await send(recordOf({ ...bounded, value: new Uint8Array() }, trace), signal)
      }
      if (letter.settled !== '') return
      const reason = letter.refusals[0]?.reason ?? 'unknown'
      letters.inc({ tenant: metrics.tenantLabel(letter.tenant), reason })
      log.warn('dead letter written', { ...fields, reason, refusals: letter.refusals.length })
    },
  }
}

/** Keeps a letter far below the topic's 4 MiB: every index and reason stays, texts beyond the budget go. */
export function boundRefusals(refusals: readonly DeadLetterRefusal[]): readonly DeadLetterRefusal[] {
  let left = MAX_MESSAGE_BYTES
  return refusals.map((refusal) => {
    const message = refusal.message.slice(0, MAX_MESSAGE_LENGTH)
    left -= Buffer.byteLength(message)
    return { ...refusal, message: left >= 0 ? message : '' }
  })
}

function recordOf(letter: DeadLetterRecord, trace: TraceContext | undefined): OutgoingRecord {
  const record = { topic: DEAD_LETTER_TOPIC, key: letter.tenant, value: encodeRecord('DeadLetter', letter) }
  return trace === undefined ? record : { ...record, headers: withTrace({}, trace) }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof PegelError && error.code === 'kafka.record_too_large'
}

function pick(letter: DeadLetterRecord): Record<string, unknown> {
  const { tenant, topic, partition, offset } = letter
  return { tenant_id: tenant, topic, partition, offset }
}
