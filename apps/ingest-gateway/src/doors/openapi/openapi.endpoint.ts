import type { HttpAnswer, HttpEndpoint } from '../http/http-endpoint.ts'
import { refusalAnswer } from '../http/json-answers.ts'
import { openApiText } from './document.ts'

/** GET /openapi.json, without a key: it says nothing of any tenant. Any page may read it, as browsers' API explorers do. */
export class OpenApiEndpoint implements HttpEndpoint {
  readonly door = 'openapi'
  readonly methods = ['GET', 'HEAD']
  readonly #answer: HttpAnswer = {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'access-control-allow-origin': '*' },
    body: Buffer.from(openApiText()),
    code: 'ok',
  }

  take(): Promise<HttpAnswer> {
    return Promise.resolve(this.#answer)
  }

  refuse(thrown: unknown): HttpAnswer {
    return refusalAnswer(thrown)
  }
}
