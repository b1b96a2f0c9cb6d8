import type { IncomingMessage } from 'node:http'
import { gatewayErrors } from '../../errors.ts'
import { decodeOtlpLogsJson, decodeOtlpLogsProtobuf, describeLogRefusals } from '../../logs/index.ts'
import type { BehindDoors } from '../door.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, partialAnswer } from '../otlp-http/answers.ts'
import { encodingOf } from '../otlp-http/media-type.ts'

const PROTOCOLS = { protobuf: 'otlp_http', json: 'otlp_json' }

/** POST /v1/logs of OTLP/HTTP (OTLP 1.8). */
export class OtlpLogsEndpoint implements HttpEndpoint {
  readonly door = 'otlp_http_logs'
  readonly methods = ['POST']
  readonly #logs: BehindDoors['logs']

  constructor({ logs }: Pick<BehindDoors, 'logs'>) {
    this.#logs = logs
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { receivedAtMs, headers } = request
    const tenant = request.tenant()
    const encoding = encodingOf(headers['content-type'])
    if (encoding === undefined) throw gatewayErrors.media_type({ type: headers['content-type'] ?? '(none)' })
    return request.withBody(tenant, this.#logs, async (body) => {
      const { received, accepted, refused } = await this.#logs.submit({
        tenant,
        protocol: PROTOCOLS[encoding],
        receivedAtMs,
        bytes: body.length,
        decode: (sink) => (encoding === 'json' ? decodeOtlpLogsJson : decodeOtlpLogsProtobuf)(body, sink),
      })
      const rejected = received - accepted
      const message = rejected === 0 ? '' : describeLogRefusals(refused, received)
      return partialAnswer({ field: 'rejectedLogRecords', rejected, message }, encoding)
    })
  }

  refuse(thrown: unknown, { headers }: IncomingMessage): HttpAnswer {
    return errorAnswer(thrown, encodingOf(headers['content-type']) ?? 'json')
  }
}
