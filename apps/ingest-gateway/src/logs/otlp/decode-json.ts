import { isUtf8 } from 'node:buffer'
import { malformed } from '../../otlp/errors.ts'
import { readAttributes, readText } from '../../otlp/json-attributes.ts'
import { JsonNode, parseJson } from '../../otlp/json-node.ts'
import type { LogSink } from '../log-sink.ts'
import { originOf } from './origin.ts'

/** In the order of the numbers: SEVERITY_NUMBER_TRACE is 1, SEVERITY_NUMBER_TRACE2 is 2. */
const SEVERITY_NAMES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level) =>
  ['', '2', '3', '4'].map((grade) => `SEVERITY_NUMBER_${level}${grade}`),
)

/**
 * Decodes an ExportLogsServiceRequest in OTLP/JSON and tells the sink each log record.
 * @throws otlp.malformed with the path of the field at fault; what was told before must then be forgotten
 */
export function decodeOtlpLogsJson(body: Buffer, sink: LogSink): void {
  if (!isUtf8(body)) malformed('it is not valid UTF-8')
  const request = new JsonNode(parseJson(body.toString('utf8')), '')
  request.list('resourceLogs', (resourceLogs) => {
    const resource = readAttributes(resourceLogs.child('resource'), 'attributes')
    resourceLogs.list('scopeLogs', (scopeLogs) => {
      if (!scopeLogs.has('logRecords')) return
      const scope = scopeLogs.child('scope')
      sink.group(originOf(resource, { name: scope?.string('name') ?? '', version: scope?.string('version') ?? '' }))
      scopeLogs.list('logRecords', (record) => readLogRecord(record, sink))
    })
  })
}

function readLogRecord(record: JsonNode, sink: LogSink): void {
  if (sink.isFull) {
    sink.refuse('max_points_per_request')
    return
  }
  sink.log({
    time: record.instant('timeUnixNano'),
    observed: record.instant('observedTimeUnixNano'),
    severity: readSeverity(record),
    severityText: record.string('severityText'),
    message: readText(record.child('body')),
    name: record.string('eventName'),
    traceId: record.hex('traceId'),
    spanId: record.hex('spanId'),
    attributes: readAttributes(record, 'attributes'),
  })
}

const SEVERITIES = [0, ...SEVERITY_NAMES.map((_name, index) => index + 1)]

function readSeverity(record: JsonNode): number {
  return record.enumeration('severityNumber', SEVERITIES, ['SEVERITY_NUMBER_UNSPECIFIED', ...SEVERITY_NAMES]) ?? 0
}
