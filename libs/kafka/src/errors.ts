import { defineErrors, PegelError } from '@pegel/errors'

/** Every failure that this library hands out. Retryable: the same call may succeed later unchanged. */
export const kafkaErrors = defineErrors('kafka', {
  broker_lost: {
    retryable: true,
    text: 'No Kafka broker answered ({reason}); check PEGEL_KAFKA_BROKERS.',
  },
  deadline_exceeded: {
    retryable: true,
    text: 'Kafka did not acknowledge within {deadlineMs} ms ({reason}); raise the deadline of the send or look at the brokers.',
  },
  buffer_full: {
    retryable: true,
    text: '{bytesInFlight} bytes wait for Kafka and {bytes} more would pass the bound of {maxBytes}; send less or raise maxBytesInFlight.',
  },
  produce_failed: {
    retryable: true,
    text: 'Kafka refused records for {topic}/{partition} with {reason}; the next send uses a new producer id.',
  },
  producer_fenced: {
    retryable: false,
    text: 'Another process has taken over {id} ({reason}); this one must write no more under it.',
  },
  transaction_failed: {
    retryable: true,
    text: 'The transaction of {id} came to no end ({reason}); open a new producer of this id and read back what is there.',
  },
  send_too_large: {
    retryable: false,
    text: 'One send of {bytes} bytes can never fit in the bound of {maxBytes}; split it or raise maxBytesInFlight.',
  },
  record_too_large: {
    retryable: false,
    text: 'A record of {bytes} bytes does not fit in {topic}, which takes {maxBytes}; raise its max.message.bytes or split the record.',
  },
  record_refused: {
    retryable: false,
    text: 'Kafka refused a record for {topic}/{partition} with {reason}; check the ACLs and the settings of the topic.',
  },
  topic_missing: {
    retryable: true,
    text: 'Topic {topic} does not exist; create it (ensureTopics) and check PEGEL_KAFKA_PREFIX.',
  },
  partition_missing: {
    retryable: false,
    text: 'Topic {topic} has {partitions} partitions, so there is no partition {partition}; check PEGEL_PARTITIONS.',
  },
  partitions_differ: {
    retryable: false,
    text: 'Topic {topic} has {actual} partitions where {expected} are asked for; set PEGEL_PARTITIONS to {actual} or recreate the topic.',
  },
  topic_not_created: {
    retryable: false,
    text: 'Kafka did not create topic {topic} ({reason}); check PEGEL_REPLICATION and the ACLs.',
  },
  commit_failed: {
    retryable: true,
    text: 'Offsets of group {group} could not be committed ({reason}); check PEGEL_KAFKA_BROKERS and the group ACLs.',
  },
  schema_unknown: {
    retryable: true,
    text: 'No schema {fingerprint} in {topic} after {timeoutMs} ms; its writer must publish it first.',
  },
  offset_unsafe: { retryable: false, text: 'Offset {offset} cannot be held exactly.' },
  closed: { retryable: false, text: 'The {what} is closed.' },
})

/** Code of an error for a metric label: `kafka.` codes as they are, anything else `unknown`. */
export function codeOf(error: unknown): string {
  return error instanceof PegelError ? error.code : 'unknown'
}
