import { decodeWriteRequest, decodeWriteRequest2, remoteWriteErrors, Written } from '../../remote-write/index.ts'
import type { WriteCaches } from '../../remote-write/index.ts'
import type { BehindDoors } from '../door.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, writtenAnswer } from './answers.ts'
import { messageTypeOf } from './message-type.ts'

const DECODERS = { v1: decodeWriteRequest, v2: decodeWriteRequest2 }
const PROTOCOLS = { v1: 'remote_write_1', v2: 'remote_write_2' }

/** POST /api/v1/push and /api/v1/write: Prometheus remote write 1.0 and 2.0, told apart by the Content-Type. */
export class WriteEndpoint implements HttpEndpoint {
  readonly door = 'remote_write'
  readonly methods = ['POST']
  readonly encodings = ['snappy'] as const
  /** As Prometheus has it, for clients that forget the header. */
  readonly assumedEncoding = 'snappy'
  readonly #ingest: BehindDoors['ingest']
  readonly #caches: WriteCaches

  constructor(ingest: BehindDoors['ingest'], caches: WriteCaches) {
    this.#ingest = ingest
    this.#caches = caches
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { receivedAtMs, headers } = request
    const tenant = request.tenant()
    const type = messageTypeOf(headers['content-type'])
    if (type === undefined) throw remoteWriteErrors.message_type({ type: headers['content-type'] ?? '(none)' })
    return request.withBody(tenant, this.#ingest, async (body) => {
      const written = new Written()
      const answer = await this.#ingest.submit({
        tenant,
        protocol: PROTOCOLS[type],
        receivedAtMs,
        bytes: body.length,
        decode: (points) => DECODERS[type](body, points, this.#caches.of(tenant), written),
      })
      return writtenAnswer(answer, written)
    })
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(thrown)
  }
}
