export { createKafka } from './create-kafka.ts'
export { kafkaErrors } from './errors.ts'
export { createSchemaStore, SCHEMA_TOPIC } from './schema-store.ts'
export type { PublishedSchema, SchemaStore } from './schema-store.ts'
export { formatTraceparent, parseTraceparent, traceOf, withTrace } from './trace-context.ts'
export type { TraceContext } from './trace-context.ts'
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
  TopicPartition,
} from './port.ts'
