import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import protobuf from 'protobufjs'
import { eventually } from './eventually.ts'

/** A span as it came over OTLP. Ids are lower-case hex. */
export interface ReceivedSpan {
  readonly service: string
  readonly traceId: string
  readonly spanId: string
  /** Empty for a root. */
  readonly parentSpanId: string
  readonly name: string
  /** `SPAN_KIND_SERVER` and so on. */
  readonly kind: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  /** Undefined unless it failed. */
  readonly failure: string | undefined
  readonly durationMs: number
}

export interface TraceReceiver {
  /** Of POST /v1/traces. */
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** Requests so far, whatever they were answered. */
  readonly requests: number
  /** Status of the answers from now on; nothing is kept unless it is 200. `hang`: there are none. */
  answer(status: number | 'hang'): void
  /** Spans of a trace that a probe is content with; waits for it. */
  trace(traceId: string, enough: (spans: readonly ReceivedSpan[]) => boolean): Promise<readonly ReceivedSpan[]>
  close(): Promise<void>
}

/** A receiver of OTLP traces on a free loopback port, which reads them with the official .proto files. */
export async function startTraceReceiver(): Promise<TraceReceiver> {
  const receiver = new Receiver()
  await receiver.listen()
  return receiver
}

class Receiver implements TraceReceiver {
  readonly spans: ReceivedSpan[] = []
  requests = 0
  readonly #server: Server
  #status: number | 'hang' = 200

  constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response))
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/traces`
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  answer(status: number | 'hang'): void {
    this.#status = status
  }

  trace(traceId: string, enough: (spans: readonly ReceivedSpan[]) => boolean): Promise<readonly ReceivedSpan[]> {
    return eventually(() => {
      const spans = this.spans.filter((span) => span.traceId === traceId)
      if (enough(spans)) return spans
      throw new Error(`trace ${traceId} has ${spans.map(({ service, name }) => `${service}: ${name}`).join(', ')}`)
    })
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    this.requests += 1
    const body = Buffer.concat(chunks)
    const packed = request.headers['content-encoding'] === 'gzip'
    const expected = request.method === 'POST' && request.headers['content-type'] === 'application/x-protobuf'
    if (expected && this.#status === 200) this.spans.push(...decode(packed ? gunzipSync(body) : body))
    if (this.#status === 'hang') return
    response.writeHead(expected ? this.#status : 400).end()
  }
}

interface KeyValue {
  readonly key: string
  readonly value?: Readonly<Record<string, unknown>>
}

interface WireSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  readonly kind: string
  readonly attributes: readonly KeyValue[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly status?: { readonly code: string; readonly message: string }
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
}

interface WireRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[]
  }[]
}

const root = new protobuf.Root()
// Only this receiver needs those of traces.
root.resolvePath = (_origin, target) =>
  `libs/${target.includes('/trace/v1/') ? 'testing' : 'contracts'}/proto/${target}`

function decode(body: Buffer): ReceivedSpan[] {
  if (root.nested === undefined) root.loadSync('opentelemetry/proto/collector/trace/v1/trace_service.proto')
  const type = root.lookupType('opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest')
  const { resourceSpans } = type.toObject(type.decode(body), {
    ...{ longs: String, enums: String, bytes: String },
    ...{ defaults: true, arrays: true, oneofs: true },
  }) as WireRequest
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const about = attributesOf(resource.attributes)
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => received(span, about)))
  })
}

function received(span: WireSpan, resource: Readonly<Record<string, unknown>>): ReceivedSpan {
  const { name, kind, status, startTimeUnixNano, endTimeUnixNano } = span
  const failed = status?.code === 'STATUS_CODE_ERROR'
  return {
    ...{ name, kind, resource },
    service: String(resource['service.name']),
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    attributes: attributesOf(span.attributes),
    links: span.links.map((link) => ({ traceId: hex(link.traceId), spanId: hex(link.spanId) })),
    failure: failed ? status.message : undefined,
    durationMs: Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6,
  }
}

function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex')
}

/** AnyValue is a oneof: `value` names the field that is set. */
function attributesOf(list: readonly KeyValue[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    list.map(({ key, value = {} }) => {
      const kind = String(value.value)
      return [key, kind === 'intValue' ? Number(value[kind]) : value[kind]]
    }),
  )
}
