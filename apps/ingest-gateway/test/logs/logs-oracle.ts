import type { Attribute } from '@pegel/contracts'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import type { DecodedLog, LogOrigin, LogSink } from '../../src/logs/index.ts'

/** The official .proto files, read by a general-purpose library: what the hand-written decoders must agree with. */
const root = new protobuf.Root()
root.resolvePath = (_origin, target) => `libs/contracts/proto/${target}`
root.loadSync('opentelemetry/proto/collector/logs/v1/logs_service.proto')

/** Fields that a decoder steps over unread: the library shall not judge their contents either. */
const UNREAD: Readonly<Record<string, readonly string[]>> = {
  'logs.v1.ResourceLogs': ['schemaUrl'],
  'logs.v1.ScopeLogs': ['schemaUrl'],
  'logs.v1.LogRecord': ['droppedAttributesCount', 'flags'],
  'common.v1.InstrumentationScope': ['droppedAttributesCount'],
  'resource.v1.Resource': ['droppedAttributesCount', 'entityRefs'],
}
for (const [name, fields] of Object.entries(UNREAD)) {
  const type = root.lookupType(`opentelemetry.proto.${name}`)
  for (const field of fields) {
    const known = type.get(field)
    if (known === null) throw new Error(`${name} has no field ${field}`)
    type.remove(known)
  }
}

const Request = root.lookupType('opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest')

export type ToldLog = { readonly group: LogOrigin } | { readonly log: DecodedLog }

export function encodeLogs(request: object): Buffer {
  return Buffer.from(Request.encode(Request.fromObject(request)).finish())
}

/** What a decoder told its sink; groups without logs are left out, since a decoder may or may not mention them. */
export function recordLogs(decode: (sink: LogSink) => void): readonly ToldLog[] {
  const told: ToldLog[] = []
  decode({
    isFull: false,
    group: (group) => told.push({ group }),
    log: (log) => void told.push({ log }),
    refuse: () => undefined,
  })
  return told.filter((each, index) => 'log' in each || 'log' in (told[index + 1] ?? { group: each.group }))
}

type Fields = Readonly<Record<string, unknown>>
const list = (fields: Fields, name: string): readonly Fields[] => (fields[name] as Fields[] | undefined) ?? []
const text = (fields: Fields, name: string): string => (fields[name] as string | undefined) ?? ''
const child = (fields: Fields, name: string): Fields => (fields[name] as Fields | undefined) ?? {}
const hex = (fields: Fields, name: string): string => Buffer.from(text(fields, name), 'base64').toString('hex')

/** As protobufjs decodes the bytes, in the sink's terms. Throws when protobufjs does. */
export function decodeLogsByLibrary(bytes: Buffer): readonly ToldLog[] {
  const request = Request.toObject(Request.decode(bytes), { longs: String, bytes: String, enums: Number }) as Fields
  return recordLogs((sink) => {
    for (const resourceLogs of list(request, 'resourceLogs')) {
      const resource = attributes(child(resourceLogs, 'resource'), 'attributes')
      for (const scopeLogs of list(resourceLogs, 'scopeLogs')) {
        const scope = child(scopeLogs, 'scope')
        sink.group({
          service: resource.find(({ key }) => key === 'service.name')?.value ?? '',
          resource: resource.filter(({ key }) => key !== 'service.name'),
          scopeName: text(scope, 'name'),
          scopeVersion: text(scope, 'version'),
        })
        for (const record of list(scopeLogs, 'logRecords')) sink.log(logOf(record))
      }
    }
  })
}

function logOf(record: Fields): DecodedLog {
  return {
    time: instant(record, 'timeUnixNano'),
    observed: instant(record, 'observedTimeUnixNano'),
    severity: Number(record.severityNumber ?? 0),
    severityText: text(record, 'severityText'),
    message: plain(child(record, 'body')),
    name: text(record, 'eventName'),
    traceId: hex(record, 'traceId'),
    spanId: hex(record, 'spanId'),
    attributes: attributes(record, 'attributes'),
  }
}

function instant(fields: Fields, name: string): DecodedLog['time'] {
  const ns = BigInt(text(fields, name) || '0')
  return { ms: Number(ns / 1_000_000n), ns: Number(ns % 1_000_000n) }
}

function attributes(fields: Fields, name: string): readonly Attribute[] {
  const byKey = new Map<string, string>()
  for (const each of list(fields, name)) byKey.set(text(each, 'key'), plain(child(each, 'value')))
  return [...byKey].map(([key, value]) => ({ key, value }))
}

function plain(value: Fields): string {
  const [member] = Object.keys(value)
  if (member === undefined) return ''
  return member === 'arrayValue' || member === 'kvlistValue' ? json(value) : String(value[member])
}

function json(value: Fields): string {
  const [member] = Object.keys(value)
  if (member === undefined) return 'null'
  const content = value[member] as Fields
  if (member === 'arrayValue') return `[${list(content, 'values').map(json).join(',')}]`
  if (member === 'kvlistValue') {
    const entries = list(content, 'values').map(
      (each) => `${JSON.stringify(text(each, 'key'))}:${json(child(each, 'value'))}`,
    )
    return `{${entries.join(',')}}`
  }
  if (member === 'intValue') return String(value[member])
  if (member === 'doubleValue' && !Number.isFinite(value[member])) return JSON.stringify(String(value[member]))
  return JSON.stringify(value[member])
}

/** The request as OTLP/JSON: protobuf's JSON, but ids in hexadecimal and, as some clients have it, enums by name. */
export function logsToOtlpJson(request: object, enums: typeof String | typeof Number): Buffer {
  const message = Request.fromObject(request)
  const object = Request.toObject(message, { longs: String, bytes: String, enums, json: true })
  return Buffer.from(
    JSON.stringify(object, (key, value: unknown) =>
      key === 'traceId' || key === 'spanId' ? Buffer.from(value as string, 'base64').toString('hex') : value,
    ),
  )
}

const word = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((value) => value.isWellFormed())
const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((value) => Buffer.from(value).toString('base64'))
const { anyValue } = fc.letrec<{ anyValue: object }>((tie) => ({
  anyValue: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ intValue: String(value) })),
    fc.double().map((doubleValue) => ({ doubleValue })),
    bytes(16).map((bytesValue) => ({ bytesValue })),
    fc.constant({}),
    fc.array(tie('anyValue'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: word, value: tie('anyValue') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}))
const key = fc.oneof(word, fc.constant('service.name'))
const keyValues = fc.array(fc.record({ key, value: anyValue }, { requiredKeys: ['key'] }), { maxLength: 4 })
const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
const logRecord = fc.record(
  {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: fc.integer({ min: 0, max: 24 }),
    severityText: word,
    body: anyValue,
    attributes: keyValues,
    droppedAttributesCount: fc.nat(),
    flags: fc.nat(),
    traceId: bytes(17),
    spanId: bytes(9),
    eventName: word,
  },
  { requiredKeys: [] },
)
const scope = fc.record({ name: word, version: word, attributes: keyValues })

/** Any ExportLogsServiceRequest, as protobufjs' fromObject takes it. */
export const arbitraryLogs = fc.record({
  resourceLogs: fc.array(
    fc.record(
      {
        resource: fc.record({ attributes: keyValues }),
        scopeLogs: fc.array(
          fc.record(
            { scope, logRecords: fc.array(logRecord, { maxLength: 4 }), schemaUrl: word },
            { requiredKeys: ['logRecords'] },
          ),
          { maxLength: 2 },
        ),
        schemaUrl: word,
      },
      { requiredKeys: ['scopeLogs'] },
    ),
    { maxLength: 2 },
  ),
})
