import type { IncomingMessage } from 'node:http'
import { gatewayErrors } from '../../errors.ts'
import { DecodedPoints } from '../../ingest/decoded-points.ts'
import { decodeOtlpJson } from '../../otlp/index.ts'
import type { BehindDoors } from '../door.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { submitOtlp } from '../submit-otlp.ts'
import { errorAnswer, successAnswer } from './answers.ts'
import { encodingOf } from './media-type.ts'

/** POST /v1/metrics of OTLP/HTTP (OTLP 1.8). */
export class OtlpMetricsEndpoint implements HttpEndpoint {
  readonly door = 'otlp_http'
  readonly methods = ['POST']
  readonly #behind: Pick<BehindDoors, 'ingest' | 'labels'>

  constructor(behind: Pick<BehindDoors, 'ingest' | 'labels'>) {
    this.#behind = behind
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { ingest } = this.#behind
    const { receivedAtMs, headers } = request
    const tenant = request.tenant()
    const encoding = encodingOf(headers['content-type'])
    if (encoding === undefined) throw gatewayErrors.media_type({ type: headers['content-type'] ?? '(none)' })
    return request.withBody(tenant, ingest, async (body) => {
      const answer =
        encoding === 'json'
          ? await ingest.submit({
              tenant,
              protocol: 'otlp_json',
              receivedAtMs,
              bytes: body.length,
              decode: (points) => decodeOtlpJson(body, new DecodedPoints(points)),
            })
          : await submitOtlp(this.#behind, { tenant, receivedAtMs, body }, 'otlp_http')
      return successAnswer(answer, encoding)
    })
  }

  refuse(thrown: unknown, { headers }: IncomingMessage): HttpAnswer {
    return errorAnswer(thrown, encodingOf(headers['content-type']) ?? 'json')
  }
}
