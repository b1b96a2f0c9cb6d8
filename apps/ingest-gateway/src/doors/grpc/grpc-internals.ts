import type { Http2Server } from 'node:http2'
import type { Server } from '@grpc/grpc-js'

/** Of grpc-js 1.14, beyond its public interface. */
interface Internals {
  readonly http2Servers: ReadonlyMap<Http2Server, unknown>
}

/** The servers of Node.js behind a server of grpc-js that is bound: one per address. */
export function http2ServersOf(server: Server): readonly Http2Server[] {
  return [...(server as unknown as Internals).http2Servers.keys()]
}
