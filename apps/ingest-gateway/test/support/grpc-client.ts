import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import type { CallOptions, ChannelCredentials, ClientOptions, ServiceError } from '@grpc/grpc-js'
import protobuf from 'protobufjs'
import { KEYS } from './keys.ts'

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; }
  message Duration { int64 seconds = 1; }
  message RetryInfo { Duration retry_delay = 1; }
  message PartialSuccess { int64 rejected_data_points = 1; string error_message = 2; }
  message ExportResponse { PartialSuccess partial_success = 1; }
`)
type MessageName = 'Status' | 'ErrorInfo' | 'RetryInfo' | 'ExportResponse'

export function decode(name: MessageName, bytes: Uint8Array): Record<string, unknown> {
  const message = root.lookupType(name)
  return message.toObject(message.decode(bytes), { longs: Number })
}

/** What became of a call. */
export interface Outcome {
  /** Name of the gRPC status. */
  readonly status: keyof typeof status
  readonly message: string
  /** Of google.rpc.ErrorInfo. */
  readonly reason: string | undefined
  /** Of google.rpc.RetryInfo. */
  readonly retryAfterS: number | undefined
  readonly body: Buffer
}

export const METRICS_EXPORT = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'
export const LOGS_EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
export const INGEST_EXPORT = '/pegel.ingest.v1.Ingest/Export'

/** Metadata of a tenant; `headers` override and, when empty, leave out. */
export function metadataOf(headers: Readonly<Record<string, string>> = {}): Metadata {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries({ authorization: `Bearer ${KEYS.acme}`, ...headers }))
    if (value !== '') metadata.set(name, value)
  return metadata
}

export interface CallSettings {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly options?: CallOptions
}

/** A client that sends and gets bytes. */
export class RawClient {
  readonly client: Client

  constructor(port: number, settings: { readonly tls?: ChannelCredentials; readonly options?: ClientOptions } = {}) {
    const { tls = credentials.createInsecure(), options = {} } = settings
    this.client = new Client(`127.0.0.1:${port}`, tls, options)
  }

  unary(body: Buffer, { path = METRICS_EXPORT, headers = {}, options = {} }: CallSettings = {}): Promise<Outcome> {
    return new Promise((resolve) => {
      this.client.makeUnaryRequest(path, same, same, body, metadataOf(headers), options, (error, answer) =>
        resolve(error === null ? ok(answer) : failed(error)),
      )
    })
  }

  close(): void {
    this.client.close()
  }
}

export function same(bytes: Buffer): Buffer {
  return bytes
}

function ok(body: Buffer | undefined): Outcome {
  return { status: 'OK', message: '', reason: undefined, retryAfterS: undefined, body: body ?? Buffer.alloc(0) }
}

/** Reads the error with google.rpc.Status as any client library would. */
export function failed({ code, details, metadata }: Pick<ServiceError, 'code' | 'details' | 'metadata'>): Outcome {
  const [bytes] = metadata.get('grpc-status-details-bin')
  const parts =
    bytes === undefined ? [] : (decode('Status', bytes as Buffer).details as { typeUrl: string; value: Buffer }[])
  const of = (name: MessageName): Record<string, unknown> | undefined => {
    const found = parts.find(({ typeUrl }) => typeUrl === `type.googleapis.com/google.rpc.${name}`)
    return found === undefined ? undefined : decode(name, found.value)
  }
  return {
    status: status[code] as keyof typeof status,
    message: details,
    reason: of('ErrorInfo')?.reason as string | undefined,
    retryAfterS: (of('RetryInfo')?.retryDelay as { seconds: number } | undefined)?.seconds,
    body: Buffer.alloc(0),
  }
}
