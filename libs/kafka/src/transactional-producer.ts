import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, PegelError } from '@pegel/errors'
import { compressionType } from './codecs.ts'
import { kafkaErrors } from './errors.ts'
import type { Broker, TransactionMember } from './kafkajs-internals.ts'
import type { OutgoingRecord, Produced, TransactionalOptions, TransactionalProducer } from './port.ts'
import type { ProducerContext } from './producer.ts'
import { ProducerSession, type BatchOutcome, type PartitionBatch } from './producer-session.ts'
import { judgeTransaction, protocolTypeOf } from './protocol-codes.ts'
import { recordBytes, takeFitting } from './record-size.ts'

const DEADLINE_MS = 30_000
const AGAIN_MS = [5, 10, 20, 50, 100, 250]

/**
 * Claims the id: every older producer of it is fenced from here on, and what it left open is aborted and readable to its end before this
 * resolves. So whoever reads the partitions that they wrote afterwards (read_committed, as every reader here) reads all that they will ever have written.
 */
export async function openTransactional(
  context: ProducerContext,
  { id, topic, timeoutMs = DEADLINE_MS }: TransactionalOptions,
): Promise<TransactionalProducer> {
  const { wire, names, topicInfo } = context
  const transactionalId = names.toWire(id)
  const { maxMessageBytes } = await topicInfo(topic)
  const open = (): Promise<ProducerSession> =>
    ProducerSession.open(wire, [names.toWire(topic)], { transactionalId, timeoutMs })
  const session = await persist(open, { id, deadlineMs: performance.now() + DEADLINE_MS })
  return new Transactions({ context, session, id, topic, maxMessageBytes })
}

interface TransactionsOptions {
  readonly context: ProducerContext
  readonly session: ProducerSession
  readonly id: string
  readonly topic: string
  readonly maxMessageBytes: number
}

/** One transaction at a time. After any failure the session is over: its successor learns from the topic what became of it. */
class Transactions implements TransactionalProducer {
  readonly #options: TransactionsOptions
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: TransactionsOptions) {
    this.#options = options
  }

  commit(records: readonly OutgoingRecord[]): Promise<readonly Produced[]> {
    const turn = this.#turn.then(() => (records.length === 0 ? [] : this.#commit(records)))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    this.#options.session.close()
    await this.#turn
  }

  async #commit(records: readonly OutgoingRecord[]): Promise<readonly Produced[]> {
    const { session, id } = this.#options
    if (!session.usable) throw kafkaErrors.closed({ what: `transactional producer ${id}` })
    try {
      await this.#begin(records)
      const produced = await this.#write(records)
      await this.#ask((coordinator, member) => coordinator.endTxn({ ...member, transactionResult: true }))
      return produced
    } catch (error) {
      session.close()
      throw error
    }
  }

  #begin(records: readonly OutgoingRecord[]): Promise<unknown> {
    const topic = this.#options.context.names.toWire(this.#options.topic)
    const partitions = [...new Set(records.map((record) => this.#partitionOf(record)))]
    return this.#ask((coordinator, member) =>
      coordinator.addPartitionsToTxn({ ...member, topics: [{ topic, partitions }] }),
    )
  }

  /** Batch after batch, since sequence numbers of a partition must arrive in order. */
  async #write(records: readonly OutgoingRecord[]): Promise<readonly Produced[]> {
    const produced: Produced[] = []
    for (const [partition, own] of Map.groupBy(records, (record) => this.#partitionOf(record))) {
      for (let rest = own; rest.length > 0;) {
        const batch = takeFitting(rest, this.#options.maxMessageBytes)
        const outcome = await this.#writeBatch(partition, batch)
        const { topic } = this.#options
        const { baseOffset, timestampMs } = outcome
        produced.push(...batch.map((_, index) => ({ topic, partition, offset: baseOffset + index, timestampMs })))
        rest = rest.slice(batch.length)
      }
    }
    return produced
  }

  async #writeBatch(
    partition: number,
    records: readonly OutgoingRecord[],
  ): Promise<BatchOutcome & { readonly kind: 'written' }> {
    const { session, context, topic } = this.#options
    const messages = records.map(({ key, value, headers = {} }) => ({ key, value, headers }))
    const batch: PartitionBatch = {
      ...{ topic: context.names.toWire(topic), partition, messages },
      compression: compressionType.zstd,
    }
    let outcome: BatchOutcome = { kind: 'unknown', reason: 'no answer' }
    await session.write([batch], AbortSignal.timeout(DEADLINE_MS), (_, found) => {
      outcome = found
    })
    return this.#checked(outcome, partition, records)
  }

  #checked(
    outcome: BatchOutcome,
    partition: number,
    records: readonly OutgoingRecord[],
  ): BatchOutcome & { readonly kind: 'written' } {
    const { id, topic, maxMessageBytes: maxBytes } = this.#options
    if (outcome.kind === 'written') return outcome
    if (outcome.kind === 'too_large') {
      const bytes = records.reduce((sum, record) => sum + recordBytes(record), 0)
      throw kafkaErrors.record_too_large({ topic, bytes, maxBytes })
    }
    const { reason } = outcome
    if (judgeTransaction(reason) === 'fenced') throw kafkaErrors.producer_fenced({ id, reason })
    throw kafkaErrors.produce_failed({ topic, partition, reason })
  }

  #partitionOf({ partition, topic }: OutgoingRecord): number {
    if (partition === undefined || topic !== this.#options.topic)
      throw kafkaErrors.partition_missing({ topic, partition, partitions: 0 })
    return partition
  }

  #ask(request: (coordinator: Broker, member: TransactionMember) => Promise<unknown>): Promise<unknown> {
    const { session, id } = this.#options
    const attempt = async (): Promise<unknown> => {
      const { coordinator, member } = await session.transaction()
      return request(coordinator, member)
    }
    return persist(attempt, { id, deadlineMs: performance.now() + DEADLINE_MS, goesOn: () => session.connected })
  }
}

interface PersistOptions {
  readonly id: string
  /** Of performance.now(). */
  readonly deadlineMs: number
  readonly goesOn?: () => boolean
}

/** Asks until the coordinator says yes or no: each of these requests may be repeated. */
async function persist<T>(attempt: () => Promise<T>, { id, deadlineMs, goesOn }: PersistOptions): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt()
    } catch (error) {
      const reason = protocolTypeOf(error) ?? messageOf(error)
      const verdict = judgeTransaction(reason)
      if (verdict === 'fenced') throw kafkaErrors.producer_fenced({ id, reason }, error)
      if (error instanceof PegelError) throw error
      if (verdict === 'refused' || performance.now() > deadlineMs || goesOn?.() === false)
        throw kafkaErrors.transaction_failed({ id, reason }, error)
      await sleep(AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)])
    }
  }
}
