import type { Http2Server, ServerHttp2Stream } from 'node:http2'
import type { Server, ServerInterceptingCallInterface } from '@grpc/grpc-js'

/** Of grpc-js 1.14, beyond its public interface. */
interface Internals {
  readonly http2Servers: ReadonlyMap<Http2Server, unknown>
}

/** The servers of Node.js behind a server of grpc-js that is bound: one per address. */
export function http2ServersOf(server: Server): readonly Http2Server[] {
  return [...(server as unknown as Internals).http2Servers.keys()]
}

/** Of the lowest call, which the first interceptor gets. */
export interface CallInternals {
  readonly stream: ServerHttp2Stream
  /** Bytes; -1 for no limit. */
  readonly maxReceiveMessageSize: number
  /** Makes messages, with the five bytes in front of each, of the chunks of the stream. What it throws ends the call as RESOURCE_EXHAUSTED. */
  decoder: { write(chunk: Buffer): Buffer[] }
}

export function internalsOf(call: ServerInterceptingCallInterface): CallInternals {
  return call as unknown as CallInternals
}
