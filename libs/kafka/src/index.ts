export { createKafka } from './create-kafka.ts'
export { kafkaErrors } from './errors.ts'
export { partitionOf } from './murmur2.ts'
export { readRange } from './read-range.ts'
export type { PartitionRange, ReadRangeOptions } from './read-range.ts'
export { createSchemaStore, SCHEMA_TOPIC } from './schema-store.ts'
export type { PublishedSchema, SchemaStore } from './schema-store.ts'
export { startProcess, startSend } from './message-spans.ts'
export type { SendSpanOptions } from './message-spans.ts'
export { traceOf, withTrace } from './trace-context.ts'
export type {
  AllReader,
  CommitRequest,
  Consumer,
  ConsumerHandlers,
  ConsumerOptions,
  EnsureTopicsOptions,
  FetchedBatch,
  Gap,
  KafkaOptions,
  KafkaPort,
  KafkaRecord,
  OutgoingRecord,
  Produced,
  Producer,
  ProducerOptions,
  ReadAllOptions,
  TopicPartition,
  TransactionalOptions,
  TransactionalProducer,
} from './port.ts'
