import { gatewayErrors } from '../../errors.ts'
import { decodeLogLines } from '../../logs/index.ts'
import type { RejectedLine } from '../../logs/index.ts'
import type { BehindDoors } from '../door.ts'
import type { EndpointRequest, HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { errorAnswer, linesAnswer } from './answers.ts'

/** All that JSON and lines of it are called; the body says which of them it is. */
const MEDIA_TYPE = /^\s*(application\/(json|x-ndjson|ndjson|jsonl|x-jsonlines)|text\/plain)?\s*(;|$)/i

/** POST /api/v1/logs: JSON log lines. */
export class JsonLogsEndpoint implements HttpEndpoint {
  readonly door = 'json_logs'
  readonly methods = ['POST']
  readonly #logs: BehindDoors['logs']

  constructor({ logs }: Pick<BehindDoors, 'logs'>) {
    this.#logs = logs
  }

  async take(request: EndpointRequest): Promise<HttpAnswer> {
    const { receivedAtMs, headers } = request
    const tenant = request.tenant()
    const type = headers['content-type'] ?? ''
    if (!MEDIA_TYPE.test(type)) throw gatewayErrors.media_type({ type })
    return request.withBody(tenant, this.#logs, async (body) => {
      let rejected: readonly RejectedLine[] = []
      const answer = await this.#logs.submit({
        tenant,
        protocol: 'json',
        receivedAtMs,
        bytes: body.length,
        decode: (sink) => {
          rejected = decodeLogLines(body, tenant.tenant, sink)
        },
      })
      return linesAnswer(answer, rejected)
    })
  }

  refuse(thrown: unknown): HttpAnswer {
    return errorAnswer(thrown)
  }
}
