import { All, Controller, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BehindDoors } from '../door.ts'
import { HttpRequests } from '../http/http-requests.ts'
import type { HttpProtocol } from '../http/http.door.ts'
import { send } from '../http/send.ts'
import { JsonMetricsEndpoint } from './metrics.endpoint.ts'

/** Every method, so that a wrong one gets 405 in the words of this door. */
@Controller()
class JsonController {
  readonly #requests: HttpRequests
  readonly #metrics: JsonMetricsEndpoint

  constructor(@Inject(HttpRequests) requests: HttpRequests, @Inject(JsonMetricsEndpoint) metrics: JsonMetricsEndpoint) {
    this.#requests = requests
    this.#metrics = metrics
  }

  @All('api/v1/metrics')
  async metrics(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, await this.#requests.handle(this.#metrics, request.raw))
  }
}

/** Points as plain JSON over HTTP. */
export function json(behind: Pick<BehindDoors, 'ingest'>): HttpProtocol {
  return {
    controllers: [JsonController],
    providers: [{ provide: JsonMetricsEndpoint, useValue: new JsonMetricsEndpoint(behind) }],
  }
}
