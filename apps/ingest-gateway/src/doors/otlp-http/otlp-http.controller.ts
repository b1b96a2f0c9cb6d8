import { All, Controller, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BehindDoors } from '../door.ts'
import { HttpRequests } from '../http/http-requests.ts'
import type { HttpProtocol } from '../http/http.door.ts'
import { send } from '../http/send.ts'
import { OtlpMetricsEndpoint } from './otlp-metrics.endpoint.ts'

/** Every method, so that a wrong one gets 405 with a body that OTLP clients understand. */
@Controller()
class OtlpHttpController {
  readonly #requests: HttpRequests
  readonly #metrics: OtlpMetricsEndpoint

  constructor(@Inject(HttpRequests) requests: HttpRequests, @Inject(OtlpMetricsEndpoint) metrics: OtlpMetricsEndpoint) {
    this.#requests = requests
    this.#metrics = metrics
  }

  @All('v1/metrics')
  async metrics(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, await this.#requests.handle(this.#metrics, request.raw))
  }
}

/** OTLP over HTTP. */
export function otlpHttp(behind: BehindDoors): HttpProtocol {
  const providers = [{ provide: OtlpMetricsEndpoint, useValue: new OtlpMetricsEndpoint(behind) }]
  return { controllers: [OtlpHttpController], providers }
}
