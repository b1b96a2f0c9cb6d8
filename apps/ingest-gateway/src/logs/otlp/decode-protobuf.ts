import type { Attribute } from '@pegel/contracts'
import type { Instant } from '../../ingest/point-sink.ts'
import { lastOfEachKey } from '../../otlp/any-value.ts'
import { malformed } from '../../otlp/errors.ts'
import { readAttribute, readText } from '../../otlp/protobuf/attributes.ts'
import { find, within } from '../../otlp/protobuf/find.ts'
import { readResource, readScope } from '../../otlp/protobuf/group.ts'
import { restNs, wholeMs } from '../../otlp/protobuf/point-head.ts'
import { WireReader } from '../../wire/wire-reader.ts'
import type { LogSink } from '../log-sink.ts'
import { originOf } from './origin.ts'

const RESOURCE_LOGS = 0x0a // ExportLogsServiceRequest.resource_logs = 1
const RESOURCE = 0x0a // ResourceLogs.resource = 1
const SCOPE_LOGS = 0x12 // ResourceLogs.scope_logs = 2
const SCOPE = 0x0a // ScopeLogs.scope = 1
const LOG_RECORD = 0x12 // ScopeLogs.log_records = 2

const TIME = 0x09 // LogRecord.time_unix_nano = 1
const SEVERITY = 0x10 // LogRecord.severity_number = 2
const SEVERITY_TEXT = 0x1a // LogRecord.severity_text = 3
const BODY = 0x2a // LogRecord.body = 5
const ATTRIBUTE = 0x32 // LogRecord.attributes = 6
const TRACE_ID = 0x4a // LogRecord.trace_id = 9
const SPAN_ID = 0x52 // LogRecord.span_id = 10
const OBSERVED = 0x59 // LogRecord.observed_time_unix_nano = 11
const EVENT_NAME = 0x62 // LogRecord.event_name = 12

const NEVER: Instant = { ms: 0, ns: 0 }

/**
 * Decodes an OTLP ExportLogsServiceRequest (opentelemetry-proto 1.8) and tells the sink each log record. Unknown fields are skipped.
 * Stricter than protobuf in one thing: a message that must be there once and comes twice is refused rather than merged, since
 * no writer does that.
 * @throws otlp.malformed; what was told before must then be forgotten
 */
export function decodeOtlpLogsProtobuf(body: Buffer, sink: LogSink): void {
  const reader = new WireReader(body, malformed)
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag !== RESOURCE_LOGS) {
      reader.skip(tag)
      continue
    }
    const outer = reader.enter()
    readResourceLogs(reader, sink)
    reader.leave(outer)
  }
}

function readResourceLogs(reader: WireReader, sink: LogSink): void {
  const { once, many } = find(reader, RESOURCE, SCOPE_LOGS)
  const resource = readResource(reader, once)
  within(reader, many, () => {
    const found = find(reader, SCOPE, LOG_RECORD)
    sink.group(originOf(resource, readScope(reader, found.once)))
    within(reader, found.many, () => readLogRecord(reader, sink))
  })
}

/** Reads one LogRecord whose end is the reader's. */
function readLogRecord(reader: WireReader, sink: LogSink): void {
  if (sink.isFull) {
    reader.pos = reader.end
    sink.refuse('max_points_per_request')
    return
  }
  const log = { time: NEVER, observed: NEVER, severity: 0, severityText: '', name: '', traceId: '', spanId: '' }
  let message: string | undefined
  const attributes: Attribute[] = []
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    switch (tag) {
      case TIME:
        log.time = readInstant(reader)
        break
      case OBSERVED:
        log.observed = readInstant(reader)
        break
      case SEVERITY:
        reader.varint()
        log.severity = reader.lo | 0
        break
      case SEVERITY_TEXT:
        log.severityText = reader.string()
        break
      case BODY:
        if (message !== undefined) malformed('a log record with two bodies')
        message = readText(reader)
        break
      case ATTRIBUTE:
        attributes.push(readAttribute(reader))
        break
      case TRACE_ID:
        log.traceId = reader.take().toString('hex')
        break
      case SPAN_ID:
        log.spanId = reader.take().toString('hex')
        break
      case EVENT_NAME:
        log.name = reader.string()
        break
      default:
        reader.skip(tag)
    }
  }
  sink.log({ ...log, message: message ?? '', attributes: lastOfEachKey(attributes) })
}

function readInstant(reader: WireReader): Instant {
  reader.fixed64()
  const ms = wholeMs(reader)
  return { ms, ns: restNs(reader, ms) }
}
