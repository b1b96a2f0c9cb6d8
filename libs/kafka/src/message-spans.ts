import type { Span, TraceContext, Tracing } from '@pegel/telemetry'
import type { KafkaRecord } from './port.ts'
import { traceOf } from './trace-context.ts'

/** Spans of messages, named and described as OpenTelemetry's conventions for Kafka say (semantic conventions 1.45, messaging). */

export interface SendSpanOptions {
  readonly topic: string
  readonly key: string
  readonly parent: TraceContext | undefined
  /** Spans of everything that is sent with it, where that is more than the parent. */
  readonly links?: readonly TraceContext[]
}

/** `send <topic>`: from the moment that a record is given to the producer until Kafka has it. */
export function startSend(tracing: Tracing, { topic, key, parent, links = [] }: SendSpanOptions): Span {
  return tracing.start(`send ${topic}`, {
    kind: 'producer',
    parent,
    links,
    attributes: {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'messaging.kafka.message.key': key,
    },
  })
}

/** `process <topic>`: the work on one record, below whatever span its headers name. */
export function startProcess(tracing: Tracing, record: KafkaRecord, group: string): Span {
  return tracing.start(`process ${record.topic}`, {
    kind: 'consumer',
    parent: traceOf(record),
    attributes: {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': record.topic,
      'messaging.destination.partition.id': String(record.partition),
      'messaging.consumer.group.name': group,
      'messaging.kafka.offset': record.offset,
      'messaging.kafka.message.key': record.key?.toString() ?? '',
    },
  })
}
