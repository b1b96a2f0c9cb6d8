import { kafkaErrors } from './errors.ts'
import type { KafkaJsError } from './kafkajs-internals.ts'

/** Kafka protocol error codes that this library acts on (kafka.apache.org/protocol, "Error Codes"). */
export const code = {
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeader: 6,
  requestTimedOut: 7,
  messageTooLarge: 10,
  recordListTooLarge: 18,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  kafkaStorageError: 56,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
} as const

const NAMES: Readonly<Record<number, string>> = {
  1: 'OFFSET_OUT_OF_RANGE',
  2: 'CORRUPT_MESSAGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  8: 'BROKER_NOT_AVAILABLE',
  9: 'REPLICA_NOT_AVAILABLE',
  10: 'MESSAGE_TOO_LARGE',
  13: 'NETWORK_EXCEPTION',
  18: 'RECORD_LIST_TOO_LARGE',
  19: 'NOT_ENOUGH_REPLICAS',
  20: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  31: 'CLUSTER_AUTHORIZATION_FAILED',
  45: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  46: 'DUPLICATE_SEQUENCE_NUMBER',
  47: 'INVALID_PRODUCER_EPOCH',
  48: 'INVALID_TXN_STATE',
  49: 'INVALID_PRODUCER_ID_MAPPING',
  51: 'CONCURRENT_TRANSACTIONS',
  56: 'KAFKA_STORAGE_ERROR',
  59: 'UNKNOWN_PRODUCER_ID',
  74: 'FENCED_LEADER_EPOCH',
  75: 'UNKNOWN_LEADER_EPOCH',
  76: 'UNSUPPORTED_COMPRESSION_TYPE',
  87: 'INVALID_RECORD',
  90: 'PRODUCER_FENCED',
}

export function nameOfCode(value: number): string {
  return NAMES[value] ?? `error ${value}`
}

/** The same batch with the same sequence number may be sent again: it was not written, or the broker recognises it. */
const SEND_AGAIN: ReadonlySet<number> = new Set([2, 3, 5, 6, 7, 8, 9, 13, 19, 20, 56, 74, 75])
/** The broker's view of our producer id and ours have parted: only a new producer id helps. */
const PRODUCER_LOST: ReadonlySet<number> = new Set([45, 46, 47, 48, 49, 59, 90])

/** The leader has the batch, or may have it, though it did not say so. */
export function mayBeWritten(errorCode: number): boolean {
  return errorCode === code.requestTimedOut || errorCode === code.notEnoughReplicasAfterAppend
}

export type ProduceVerdict = 'written' | 'again' | 'too_large' | 'producer_lost' | 'refused'

export function judgeProduce(errorCode: number): ProduceVerdict {
  if (errorCode === code.none) return 'written'
  if (errorCode === code.messageTooLarge || errorCode === code.recordListTooLarge) return 'too_large'
  if (SEND_AGAIN.has(errorCode)) return 'again'
  return PRODUCER_LOST.has(errorCode) ? 'producer_lost' : 'refused'
}

/** A newer producer of the same transactional id is there, or the id was taken away. */
const FENCED: ReadonlySet<string> = new Set([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'UNKNOWN_PRODUCER_ID',
])
const REFUSED: ReadonlySet<string> = new Set([
  'INVALID_TXN_STATE',
  'INVALID_TRANSACTION_TIMEOUT',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TOPIC_AUTHORIZATION_FAILED',
])

/** What a coordinator's answer to a request about a transaction means; anything else, a lost connection too, may be asked again. */
export function judgeTransaction(reason: string): 'fenced' | 'refused' | 'again' {
  if (FENCED.has(reason)) return 'fenced'
  return REFUSED.has(reason) ? 'refused' : 'again'
}

/** The protocol error behind what kafkajs threw, such as `UNKNOWN_TOPIC_OR_PARTITION`; it wraps what it has retried. */
export function protocolTypeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { type } = at as KafkaJsError
    if (type !== undefined) return type
  }
  return undefined
}

/** Offsets travel as 64-bit decimal strings; Pegel counts in numbers. */
export function toOffset(value: string): number {
  const offset = Number(value)
  if (!Number.isSafeInteger(offset)) throw kafkaErrors.offset_unsafe({ offset: value })
  return offset
}
