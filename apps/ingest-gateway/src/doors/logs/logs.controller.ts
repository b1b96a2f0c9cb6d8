import { All, Controller, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BehindDoors } from '../door.ts'
import { HttpRequests } from '../http/http-requests.ts'
import type { HttpProtocol } from '../http/http.door.ts'
import { send } from '../http/send.ts'
import { JsonLogsEndpoint } from './json-logs.endpoint.ts'
import { OtlpLogsEndpoint } from './otlp-logs.endpoint.ts'

@Controller()
class LogsController {
  readonly #requests: HttpRequests
  readonly #otlp: OtlpLogsEndpoint
  readonly #json: JsonLogsEndpoint

  constructor(
    @Inject(HttpRequests) requests: HttpRequests,
    @Inject(OtlpLogsEndpoint) otlp: OtlpLogsEndpoint,
    @Inject(JsonLogsEndpoint) json: JsonLogsEndpoint,
  ) {
    this.#requests = requests
    this.#otlp = otlp
    this.#json = json
  }

  @All('v1/logs')
  async otlp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, await this.#requests.handle(this.#otlp, request.raw))
  }

  @All('api/v1/logs')
  async json(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, await this.#requests.handle(this.#json, request.raw))
  }
}

/** Logs over HTTP: OTLP and JSON lines. */
export function logs(behind: BehindDoors): HttpProtocol {
  const providers = [OtlpLogsEndpoint, JsonLogsEndpoint].map((Endpoint) => ({
    provide: Endpoint,
    useValue: new Endpoint(behind),
  }))
  return { controllers: [LogsController], providers }
}
