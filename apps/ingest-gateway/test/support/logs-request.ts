import protobuf from 'protobufjs'

const root = new protobuf.Root()
root.resolvePath = (_origin, target) => `libs/contracts/proto/${target}`
root.loadSync('opentelemetry/proto/collector/logs/v1/logs_service.proto')
const Request = root.lookupType('opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest')

export interface SentLog {
  readonly text: string
  readonly timeMs?: number
}

/** An ExportLogsServiceRequest of log records of the service `shop`, as OTLP/JSON. */
export function logsOf(records: readonly SentLog[]): object {
  const logRecords = records.map(({ text, timeMs = Date.now() }) => ({
    timeUnixNano: `${timeMs}000000`,
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: text },
  }))
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }
  return { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }
}

/** The same in protobuf. */
export function logsProtobuf(records: readonly SentLog[]): Buffer {
  return Buffer.from(Request.encode(Request.fromObject(logsOf(records))).finish())
}
