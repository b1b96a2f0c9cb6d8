import { All, Controller, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LineCaches } from '../../line-protocol/index.ts'
import type { BehindDoors } from '../door.ts'
import type { HttpEndpoint } from '../http/http-endpoint.ts'
import { HttpRequests } from '../http/http-requests.ts'
import type { HttpProtocol } from '../http/http.door.ts'
import { send } from '../http/send.ts'
import { AbsentEndpoint, StatusEndpoint } from './status.endpoint.ts'
import { WriteEndpoint } from './write.endpoint.ts'

const ENDPOINTS = Symbol('influx endpoints')

interface Endpoints {
  readonly writeV1: HttpEndpoint
  readonly writeV2: HttpEndpoint
  readonly ping: HttpEndpoint
  readonly health: HttpEndpoint
  readonly absentV1: HttpEndpoint
  readonly absentV2: HttpEndpoint
}

/** Every method, so that a wrong one gets 405 with a body that InfluxDB's clients understand. */
@Controller()
class InfluxController {
  readonly #requests: HttpRequests
  readonly #endpoints: Endpoints

  constructor(@Inject(HttpRequests) requests: HttpRequests, @Inject(ENDPOINTS) endpoints: Endpoints) {
    this.#requests = requests
    this.#endpoints = endpoints
  }

  @All('api/v2/write')
  writeV2(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer(this.#endpoints.writeV2, request, reply)
  }

  @All('write')
  writeV1(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer(this.#endpoints.writeV1, request, reply)
  }

  @All('ping')
  ping(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer(this.#endpoints.ping, request, reply)
  }

  @All('health')
  health(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer(this.#endpoints.health, request, reply)
  }

  @All('query')
  queryV1(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer(this.#endpoints.absentV1, request, reply)
  }

  @All('api/v2/*')
  restV2(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.#answer(this.#endpoints.absentV2, request, reply)
  }

  async #answer(endpoint: HttpEndpoint, { raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
    await send(reply, await this.#requests.handle(endpoint, raw))
  }
}

/** InfluxDB's line protocol over HTTP, as 2.x and 1.x have it. */
export function influx({ ingest }: Pick<BehindDoors, 'ingest'>, lines: LineCaches): HttpProtocol {
  const endpoints: Endpoints = {
    writeV1: new WriteEndpoint({ ingest, lines, dialect: 'v1' }),
    writeV2: new WriteEndpoint({ ingest, lines, dialect: 'v2' }),
    ping: new StatusEndpoint('ping'),
    health: new StatusEndpoint('health'),
    absentV1: new AbsentEndpoint('v1'),
    absentV2: new AbsentEndpoint('v2'),
  }
  return { controllers: [InfluxController], providers: [{ provide: ENDPOINTS, useValue: endpoints }] }
}
