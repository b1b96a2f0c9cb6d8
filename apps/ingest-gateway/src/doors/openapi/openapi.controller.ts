import { All, Controller, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { HttpRequests } from '../http/http-requests.ts'
import type { HttpProtocol } from '../http/http.door.ts'
import { send } from '../http/send.ts'
import { OpenApiEndpoint } from './openapi.endpoint.ts'

@Controller()
class OpenApiController {
  readonly #requests: HttpRequests
  readonly #endpoint: OpenApiEndpoint

  constructor(@Inject(HttpRequests) requests: HttpRequests, @Inject(OpenApiEndpoint) endpoint: OpenApiEndpoint) {
    this.#requests = requests
    this.#endpoint = endpoint
  }

  @All('openapi.json')
  async document(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, await this.#requests.handle(this.#endpoint, request.raw))
  }
}

/** What can be sent over HTTP, for machines. */
export function openApi(): HttpProtocol {
  const providers = [{ provide: OpenApiEndpoint, useValue: new OpenApiEndpoint() }]
  return { controllers: [OpenApiController], providers }
}
