import { decodeMetricsJson, jsonErrors, JsonReport } from '../../metrics-json/index.ts'
import type { BehindDoors } from '../door.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, successAnswer } from './answers.ts'
import { jsonFormOf } from './json-form.ts'

/** POST /api/v1/metrics: points as plain JSON. */
export class JsonMetricsEndpoint implements HttpEndpoint {
  readonly door = 'json'
  readonly methods = ['POST']
  readonly #ingest: BehindDoors['ingest']

  constructor({ ingest }: Pick<BehindDoors, 'ingest'>) {
    this.#ingest = ingest
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { receivedAtMs, headers } = request
    const tenant = request.tenant()
    const form = jsonFormOf(headers['content-type'])
    if (form === undefined) throw jsonErrors.media_type({ type: headers['content-type'] ?? '(none)' })
    return request.withBody(tenant, this.#ingest, async (body) => {
      let report = new JsonReport()
      const answer = await this.#ingest.submit({
        tenant,
        protocol: 'json',
        receivedAtMs,
        bytes: body.length,
        decode: (points) => {
          report = decodeMetricsJson(body, points, { form, tenant: tenant.tenant, receivedAtMs })
        },
      })
      return successAnswer(answer, report)
    })
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(thrown)
  }
}
