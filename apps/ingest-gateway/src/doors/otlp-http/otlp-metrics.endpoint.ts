import type { IncomingMessage } from 'node:http'
import { gatewayErrors } from '../../errors.ts'
import { DecodedPoints } from '../../ingest/decoded-points.ts'
import { decodeOtlpJson, decodeOtlpProtobuf } from '../../otlp/index.ts'
import type { BehindDoors } from '../door.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, successAnswer } from './answers.ts'
import { encodingOf } from './media-type.ts'

const PROTOCOLS = { protobuf: 'otlp_http', json: 'otlp_json' }

/** POST /v1/metrics of OTLP/HTTP (OTLP 1.8). */
export class OtlpMetricsEndpoint implements HttpEndpoint {
  readonly door = 'otlp_http'
  readonly methods = ['POST']
  readonly #behind: Pick<BehindDoors, 'ingest' | 'labels'>

  constructor(behind: Pick<BehindDoors, 'ingest' | 'labels'>) {
    this.#behind = behind
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { ingest, labels } = this.#behind
    const { receivedAtMs, headers } = request
    const tenant = request.tenant()
    const encoding = encodingOf(headers['content-type'])
    if (encoding === undefined) throw gatewayErrors.media_type({ type: headers['content-type'] ?? '(none)' })
    return request.withBody(tenant, async (body) => {
      const answer = await ingest.submit({
        tenant,
        protocol: PROTOCOLS[encoding],
        receivedAtMs,
        decode: (points) => {
          if (encoding === 'json') decodeOtlpJson(body, new DecodedPoints(points))
          else decodeOtlpProtobuf(body, points, labels.of(tenant))
        },
      })
      labels.trim()
      return successAnswer(answer, encoding)
    })
  }

  refuse(thrown: unknown, { headers }: IncomingMessage): HttpAnswer {
    return errorAnswer(thrown, encodingOf(headers['content-type']) ?? 'json')
  }
}
