import { All, Controller, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { WriteCaches } from '../../remote-write/index.ts'
import type { BehindDoors } from '../door.ts'
import { HttpRequests } from '../http/http-requests.ts'
import type { HttpProtocol } from '../http/http.door.ts'
import { send } from '../http/send.ts'
import { WriteEndpoint } from './write.endpoint.ts'

/** Both of the paths that receivers have: Mimir's and Prometheus' own. */
@Controller()
class RemoteWriteController {
  readonly #requests: HttpRequests
  readonly #write: WriteEndpoint

  constructor(@Inject(HttpRequests) requests: HttpRequests, @Inject(WriteEndpoint) write: WriteEndpoint) {
    this.#requests = requests
    this.#write = write
  }

  @All(['api/v1/push', 'api/v1/write'])
  async write(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, await this.#requests.handle(this.#write, request.raw))
  }
}

/** Prometheus remote write. */
export function remoteWrite({ ingest }: Pick<BehindDoors, 'ingest'>, caches: WriteCaches): HttpProtocol {
  const providers = [{ provide: WriteEndpoint, useValue: new WriteEndpoint(ingest, caches) }]
  return { controllers: [RemoteWriteController], providers }
}
