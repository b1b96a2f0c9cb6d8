import { All, Controller, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { MetricsHandler } from './metrics-handler.ts'
import { send } from './send.ts'

/** Every method, so that a wrong one gets 405 with a body that OTLP clients understand. */
@Controller()
export class MetricsController {
  readonly #handler: MetricsHandler

  constructor(@Inject(MetricsHandler) handler: MetricsHandler) {
    this.#handler = handler
  }

  @All('v1/metrics')
  async export(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, await this.#handler.handle(request.raw))
  }
}
