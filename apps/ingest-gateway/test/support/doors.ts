import { compressSync } from 'snappy'
import { request1, request2 } from '../remote-write/messages.ts'
import { CONTENT_TYPES } from '../remote-write/writer.ts'
import { INGEST_EXPORT, LOGS_EXPORT, METRICS_EXPORT, RawClient } from './grpc-client.ts'
import { IngestStreamClient } from './ingest-stream-client.ts'
import { logsOf, logsProtobuf } from './logs-request.ts'
import { gauges, protobufOf } from './requests.ts'
import { KEYS } from './running-gateway.ts'
import type { RunningGateway } from './running-gateway.ts'

/** What any door says, in the same words. */
export interface DoorAnswer {
  /** HTTP status or name of the gRPC status. */
  readonly status: number | string
  /** Of Retry-After or RetryInfo. */
  readonly retryAfterS: number | undefined
  /** All that it says, codes among it. */
  readonly text: string
}

/** A way in that answers. `send` has one point or log record for each value; a value is a series of its own. */
export interface DoorUnderTest {
  readonly takes: 'points' | 'logs'
  send(to: RunningGateway, values: readonly string[], tenant?: 'acme' | 'globex'): Promise<DoorAnswer>
}

type Body = (values: readonly string[]) => Buffer | string

const PROTOBUF = 'application/x-protobuf'
const points = (values: readonly string[]): object =>
  gauges(values.map((value) => ({ name: 'doors', value: 1, labels: { value } })))
const logs = (values: readonly string[]) => values.map((text) => ({ text }))
const remote = (values: readonly string[]) =>
  values.map((value) => ({
    labels: [
      { name: '__name__', value: 'doors' },
      { name: 'value', value },
    ],
    samples: [{ value: 1, timestamp: Date.now() }],
  }))
const packed = (message: Buffer): Buffer => Buffer.from(compressSync(message))
const lines: Body = (values) => values.map((value) => `doors,value=${value} f=1`).join('\n')
const list =
  (map: (value: string) => object): Body =>
  (values) =>
    JSON.stringify(values.map(map))

function http(takes: DoorUnderTest['takes'], path: string, type: string, body: Body, more: object = {}): DoorUnderTest {
  return {
    takes,
    async send(to, values, tenant = 'acme') {
      const headers = { authorization: `Bearer ${KEYS[tenant]}`, 'content-type': type, ...more }
      const bytes = new Uint8Array(Buffer.from(body(values)))
      const response = await fetch(to.url(path), { method: 'POST', headers, body: bytes })
      const retryAfter = response.headers.get('retry-after')
      return {
        status: response.status,
        retryAfterS: retryAfter === null ? undefined : Number(retryAfter),
        text: Buffer.from(await response.arrayBuffer()).toString('latin1'),
      }
    },
  }
}

function grpc(takes: DoorUnderTest['takes'], path: string, body: (values: readonly string[]) => Buffer): DoorUnderTest {
  return {
    takes,
    async send(to, values, tenant = 'acme') {
      const client = new RawClient(to.grpcPort)
      const headers = { authorization: `Bearer ${KEYS[tenant]}` }
      const outcome = await client.unary(body(values), { path, headers })
      const { status, message, reason, retryAfterS, body: answer } = outcome
      client.close()
      return { status, retryAfterS, text: `${message} ${reason} ${answer.toString('latin1')}` }
    },
  }
}

const stream: DoorUnderTest = {
  takes: 'points',
  async send(to, values, tenant = 'acme') {
    const client = new RawClient(to.grpcPort)
    const opened = new IngestStreamClient(client, { authorization: `Bearer ${KEYS[tenant]}` })
    opened.send(1, points(values))
    await opened.answered(1)
    const { status = '', retryAfterS, reason, message = '', result } = opened.outcome(1) ?? {}
    opened.cancel()
    client.close()
    return { status, retryAfterS, text: `${message} ${reason} ${JSON.stringify(result)}` }
  },
}

/** Every way into the gateway on which somebody waits for an answer. */
export const DOORS: Readonly<Record<string, DoorUnderTest>> = {
  'OTLP/HTTP, protobuf': http('points', '/v1/metrics', PROTOBUF, (values) => protobufOf(points(values))),
  'OTLP/HTTP, JSON': http('points', '/v1/metrics', 'application/json', (values) => JSON.stringify(points(values))),
  'OTLP/gRPC': grpc('points', METRICS_EXPORT, (values) => protobufOf(points(values))),
  'remote write 1.0': http('points', '/api/v1/push', CONTENT_TYPES.v1, (values) => packed(request1(remote(values))), {
    'content-encoding': 'snappy',
  }),
  'remote write 2.0': http('points', '/api/v1/push', CONTENT_TYPES.v2, (values) => packed(request2(remote(values))), {
    'content-encoding': 'snappy',
  }),
  'InfluxDB 1': http('points', '/write', 'text/plain', lines),
  'InfluxDB 2': http('points', '/api/v2/write', 'text/plain', lines),
  JSON: http(
    'points',
    '/api/v1/metrics',
    'application/json',
    list((value) => ({ name: 'doors', value: 1, labels: { value } })),
  ),
  'pegel.ingest.v1, unary': grpc('points', INGEST_EXPORT, (values) => protobufOf(points(values))),
  'pegel.ingest.v1, stream': stream,
  'logs, OTLP/HTTP, protobuf': http('logs', '/v1/logs', PROTOBUF, (values) => logsProtobuf(logs(values))),
  'logs, OTLP/HTTP, JSON': http('logs', '/v1/logs', 'application/json', (values) =>
    JSON.stringify(logsOf(logs(values))),
  ),
  'logs, OTLP/gRPC': grpc('logs', LOGS_EXPORT, (values) => logsProtobuf(logs(values))),
  'logs, JSON': http(
    'logs',
    '/api/v1/logs',
    'application/json',
    list((message) => ({ message })),
  ),
}
