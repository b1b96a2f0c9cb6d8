import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { BehindDoors } from '../door.ts'
import type { GrpcCalls } from '../grpc/grpc-calls.ts'
import { IngestStream } from './ingest-stream.ts'
import type { StreamLimits, StreamSide } from './ingest-stream.ts'
import type { IngestEndpoint } from './ingest.endpoint.ts'

export interface StreamServiceOptions extends Pick<BehindDoors, 'security' | 'log' | 'now'> {
  readonly endpoint: IngestEndpoint
  readonly limits: StreamLimits
}

/** Puts a stream of grpc-js behind an IngestStream. */
export class StreamService {
  readonly #options: StreamServiceOptions

  constructor(options: StreamServiceOptions) {
    this.#options = options
  }

  serve(calls: GrpcCalls, call: ServerDuplexStream<Buffer, Buffer>): void {
    const { limits, log, endpoint } = this.#options
    const { tenant } = calls.admitted(call.metadata)
    const stream = new IngestStream(this.#side(calls, call), limits)
    const unsubscribe = calls.onStop(() => stream.stop())
    const about = { door: endpoint.door, tenant_id: tenant.tenant }
    log.debug('stream opened', about)
    const gone = (): void => {
      unsubscribe()
      stream.gone()
      log.debug('stream ended', about)
    }
    if (call.cancelled) {
      gone()
      return
    }
    call.once('cancelled', gone)
    call.on('data', (message: Buffer) => stream.receive(message))
    call.once('end', () => stream.halfClosed())
    stream.open(tenant)
    if (calls.stopping) stream.stop()
  }

  #side(calls: GrpcCalls, call: ServerDuplexStream<Buffer, Buffer>): StreamSide {
    const { endpoint, security, now } = this.#options
    const { metadata } = call
    const { claims } = calls.admitted(metadata)
    return {
      send(event) {
        call.write(event)
        return call.writableLength
      },
      end(refusal) {
        if (refusal === undefined) call.end()
        // How grpc-js is told of a status: the answers that are on their way come first.
        else call.emit('error', refusal)
      },
      tenant() {
        try {
          return calls.authenticate(claims)
        } catch (error) {
          security.refused({ door: endpoint.door, error, address: addressOf(call.getPeer()) })
          throw error
        }
      },
      take: (tenant, body) =>
        calls.take(endpoint, { tenant, receivedAtMs: now(), body, path: call.getPath(), metadata }),
    }
  }
}

/** Of `address:port`. */
function addressOf(peer: string): string {
  const colon = peer.lastIndexOf(':')
  return colon === -1 ? peer : peer.slice(0, colon)
}
