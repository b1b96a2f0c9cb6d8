import { All, Controller, Inject, Req, Res } from '@nestjs/common'
import type { Type } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpEndpoint } from './http-endpoint.ts'
import { HttpRequests } from './http-requests.ts'
import { send } from './send.ts'

/** Where an endpoint is reached. */
export interface HttpRoute {
  /** Without a slash in front; `*` at the end stands for anything that no other route has. */
  readonly paths: readonly string[]
  readonly endpoint: HttpEndpoint
}

/** A Nest controller for one route. It takes every method, so that a wrong one gets 405 in the words of the endpoint's protocol. */
export function controllerOf({ paths, endpoint }: HttpRoute): Type {
  @Controller()
  class RouteController {
    readonly #requests: HttpRequests

    constructor(@Inject(HttpRequests) requests: HttpRequests) {
      this.#requests = requests
    }

    @All([...paths])
    async answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
      await send(reply, await this.#requests.handle(endpoint, request.raw))
    }
  }
  return RouteController
}
