import type { Broker } from './kafkajs-internals.ts'
import type { Wire } from './wire.ts'

/** Who writes, as Kafka knows it: a newer epoch of a producer id fences the older ones. */
export interface ProducerIdentity {
  readonly producerId: string
  readonly producerEpoch: number
  readonly transactionalId?: string
}

/** Whoever claims it fences everybody who had it before, and ends the transaction that they left open. */
export interface TransactionalIdentity {
  readonly transactionalId: string
  /** After so long without an end Kafka aborts a transaction by itself. */
  readonly timeoutMs: number
}

const TRANSACTION_COORDINATOR = 1
const UNUSED_TIMEOUT_MS = 60_000

/** @param transaction without: a new producer id, which is idempotent only */
export async function claimIdentity(wire: Wire, transaction?: TransactionalIdentity): Promise<ProducerIdentity> {
  if (transaction === undefined) {
    const broker = await wire.cluster.findControllerBroker()
    return broker.initProducerId({ transactionTimeout: UNUSED_TIMEOUT_MS })
  }
  const { transactionalId, timeoutMs: transactionTimeout } = transaction
  const broker = await coordinatorOf(wire, transactionalId)
  return { ...(await broker.initProducerId({ transactionalId, transactionTimeout })), transactionalId }
}

export function coordinatorOf({ cluster }: Wire, transactionalId: string): Promise<Broker> {
  return cluster.findGroupCoordinator({ groupId: transactionalId, coordinatorType: TRANSACTION_COORDINATOR })
}
